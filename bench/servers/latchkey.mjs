// Latchkey as a server that can be started, on either database, and what the driver has to know of it.
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { seedLatchkey } from '../seeding/latchkey.mjs';
import { startServer } from './process.mjs';

/** @typedef {import('../driver/target.mjs').Target} Target */

const thisCheckout = fileURLToPath(new URL('../..', import.meta.url));
const hook = new URL('../profile/hook.mjs', import.meta.url).href;

/**
 * The settings that lift limits which a benchmark from one address runs into, as far as this version has them.
 * @param {URL} dist
 */
async function unlimited(dist) {
  const { settings } = await import(new URL('config/settings.js', dist).href);
  const wanted = { LATCHKEY_RATE_LIMIT_FACTOR: '0', LATCHKEY_GRAPHQL_POINTS_PER_MINUTE: '1000000000' };
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => settings.some((known) => known.name === name)));
}

/**
 * Latchkey as the driver is told of it.
 * @param {string} origin
 * @param {Awaited<ReturnType<typeof seedLatchkey>>} seeded
 * @returns {Target}
 */
export function targetOf(origin, seeded) {
  return {
    side: 'latchkey',
    origin,
    paths: {
      authorize: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspect: '/oauth/introspect',
    },
    ...seeded,
  };
}

/**
 * Prepares a database for Latchkey.
 * @param {object} options
 * @param {string} options.name the side's
 * @param {string} options.databaseUrl an empty database, or a file that is not there yet
 * @param {string} options.folder for its log
 * @param {number} options.port
 * @param {number} options.rows how many clients, members and tokens there are beside those that are driven
 * @param {number} options.users how many people sign in at once
 * @param {string} options.idToken how ID tokens are signed
 * @param {number | null} [options.workers] how many processes serve, on whatever core; null for one on the servers' core
 * @param {string} [options.checkout] the folder of another checkout to take instead of this one, compiled
 * @param {boolean} [options.profiled] starts it so that profile/run.mjs can record it
 */
export async function prepareLatchkey({
  name,
  databaseUrl,
  folder,
  port,
  rows,
  users,
  idToken,
  workers = null,
  checkout = thisCheckout,
  profiled = false,
}) {
  const dist = pathToFileURL(`${resolve(checkout)}/dist/`);
  const origin = `http://127.0.0.1:${port}`;
  const isSqlite = databaseUrl.startsWith('file:');
  // As shipped otherwise: the log is written too.
  const environment = {
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: 'a secret for benchmarks of more than 32 bytes',
    LATCHKEY_OWNER_PASSWORD: 'a long owner password',
    LATCHKEY_ISSUER: origin,
    PORT: String(port),
    ...(workers === null ? {} : { LATCHKEY_WORKERS: String(workers) }),
    ...(await unlimited(dist)),
  };
  const seeded = await seedLatchkey({ ...environment, LATCHKEY_LOG_LEVEL: 'error' }, { rows, users, idToken }, dist);
  return {
    name,
    database: isSqlite ? 'SQLite' : 'PostgreSQL',
    target: targetOf(origin, seeded),
    start: () =>
      startServer({
        args: [...(profiled ? ['--import', hook] : []), fileURLToPath(new URL('main.js', dist))],
        environment,
        origin,
        path: '/.well-known/openid-configuration',
        logFile: `${folder}/${name}.log`,
        place: workers === null ? 'server' : 'anywhere',
        withChannel: profiled,
      }),
  };
}
