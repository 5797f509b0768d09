// The peer's process: oidc-provider on PostgreSQL. Its own defaults wherever they compare; where they do not, what is nearest to
// Latchkey, each with its reason. Started by oidc-provider.mjs, which gives it its environment.
import Provider from 'oidc-provider';
import pg from 'pg';
import { createAdapter } from './oidc-provider-adapter.mjs';

const { BENCH_DATABASE_URL, BENCH_ISSUER, BENCH_JWKS, BENCH_COOKIE_KEY, BENCH_API, PORT } = process.env;

// As many connections as Latchkey opens.
const pool = new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: 10 });

async function findAccount(_context, id) {
  const { rows } = await pool.query({
    name: 'findAccount',
    text: 'SELECT id, email, name, updated_at FROM account WHERE id = $1',
    values: [id],
  });
  const [account] = rows;
  if (!account) return undefined;
  return {
    accountId: id,
    claims: async () => ({
      sub: id,
      email: account.email,
      email_verified: true,
      name: account.name,
      updated_at: account.updated_at,
    }),
  };
}

const provider = new Provider(BENCH_ISSUER, {
  adapter: createAdapter(pool),
  findAccount,
  jwks: JSON.parse(BENCH_JWKS),
  cookies: { keys: [BENCH_COOKIE_KEY] },
  claims: { profile: ['name', 'updated_at'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    // For the mode in which it issues JWTs, as Latchkey does always: it then stores nothing.
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, indicator) => ({
        scope: 'read',
        audience: indicator,
        accessTokenTTL: 600,
        accessTokenFormat: indicator === BENCH_API ? 'jwt' : 'opaque',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  // Latchkey gives a refresh token to every client that is registered for them, and never uses one twice.
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  // Latchkey's lifetimes.
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    ClientCredentials: 600,
    Grant: 90 * 86_400,
    IdToken: 3600,
    RefreshToken: 30 * 86_400,
    Session: 30 * 86_400,
  },
});

provider.on('server_error', (_context, error) => console.error(error));
provider.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
