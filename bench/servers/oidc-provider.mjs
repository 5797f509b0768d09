// The peer as a server that can be started, and what the driver has to know of it.
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { apiAudience } from '../modes/shared.mjs';
import { seedOidcProvider } from '../seeding/oidc-provider.mjs';
import { startServer } from './process.mjs';

/** @typedef {import('../driver/target.mjs').Target} Target */

function signingKeys() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asJwk = ({ privateKey }, alg) => ({ ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg });
  return { keys: [asJwk(rsa, 'RS256'), asJwk(ec, 'ES256')] };
}

/** A cookie as koa signs it (keygrip). */
function signedCookie(key, name, value) {
  const signature = createHmac('sha1', key).update(`${name}=${value}`).digest('base64url');
  return `${name}=${value}; ${name}.sig=${signature}`;
}

/**
 * Prepares a database for the peer.
 * @param {object} options
 * @param {import('./postgresql.mjs').DatabaseServer} options.postgresql
 * @param {string} options.folder for its log
 * @param {number} options.port
 * @param {number} options.rows how many clients, accounts and tokens there are beside those that are driven
 * @param {number} options.users how many people sign in at once
 * @param {string} options.idToken how ID tokens are signed
 */
export async function prepareOidcProvider({ postgresql, folder, port, rows, users, idToken }) {
  const databaseUrl = await postgresql.createDatabase('bench_oidc_provider');
  const seeded = await seedOidcProvider(databaseUrl, { rows, users, idToken });
  const cookieKey = randomBytes(32).toString('base64url');
  const origin = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_ISSUER: origin,
    BENCH_JWKS: JSON.stringify(signingKeys()),
    BENCH_COOKIE_KEY: cookieKey,
    BENCH_API: apiAudience,
  };
  /** @type {Target} */
  const target = {
    side: 'oidc-provider',
    origin,
    paths: { authorize: '/auth', token: '/token', userinfo: '/me', introspect: '/token/introspection' },
    users: seeded.users.map(({ session, ...user }) => ({
      ...user,
      cookie: signedCookie(cookieKey, '_session', session),
    })),
    apiToken: null,
  };
  return {
    name: 'oidc-provider',
    database: 'PostgreSQL',
    target,
    start: () =>
      startServer({
        args: [fileURLToPath(new URL('oidc-provider-main.mjs', import.meta.url))],
        environment,
        origin,
        path: '/.well-known/openid-configuration',
        logFile: `${folder}/oidc-provider.log`,
      }),
  };
}
