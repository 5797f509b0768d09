// Fills Latchkey's database: many clients, members and tokens that nobody uses, and the people and clients that are driven, signed
// in and with their consent given. The many are made by the database itself (latchkey-rows.mjs), the driven by Latchkey's services.
import { createHash, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { redirectUri, scope } from '../modes/shared.mjs';
import { manyRows } from './latchkey-rows.mjs';

const day = 86_400_000;

function sha256(text) {
  return createHash('sha256').update(text).digest('base64url');
}

async function runAll(databaseUrl, statements, dist) {
  if (databaseUrl.startsWith('file:')) {
    // The copy that has the file open already: of two in one process each undoes the other's locks.
    const Database = createRequire(new URL('main.js', dist))('better-sqlite3');
    const connection = new Database(databaseUrl.slice('file:'.length));
    try {
      connection.pragma('journal_mode = WAL');
      // Nothing to lose yet: durable commits are for what is measured.
      connection.pragma('synchronous = OFF');
      connection.pragma('cache_size = -400000');
      for (const statement of statements) connection.exec(statement);
      // No ANALYZE: Latchkey runs none, and of what it finds SQLite would plan each statement anew for each value.
      connection.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      connection.close();
    }
    return;
  }
  const { default: pg } = await import('pg');
  const connection = new pg.Client({ connectionString: databaseUrl });
  await connection.connect();
  try {
    for (const statement of statements) await connection.query(statement);
    await connection.query('VACUUM ANALYZE');
  } finally {
    await connection.end();
  }
}

/** A member who is signed in and has allowed a client of their own account everything that the modes ask for. */
async function makeUser(deps, owner, index, idToken, createOAuthClient) {
  const { db, newId } = deps;
  const now = new Date();
  const accountId = owner.accountId;
  const { oauthClient, clientSecret } = await createOAuthClient(deps, owner, {
    name: `Driven ${index}`,
    redirectUris: [redirectUri],
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    scopes: scope.split(' '),
    idTokenSigningAlgorithm: idToken,
  });
  const memberId = newId('member');
  const email = `driven${index}@example.com`;
  const name = `Driven ${index}`;
  const key = { emailKey: email, nameKey: name.toLowerCase(), searchText: `${email} ${name.toLowerCase()}` };
  const dates = { createdAt: now, updatedAt: now, emailVerifiedAt: now };
  await db.member.create({ data: { id: memberId, accountId, email, name, role: 'READER', ...key, ...dates } });
  const secret = randomBytes(32).toString('base64url');
  await db.session.create({
    data: {
      id: newId('session'),
      memberId,
      secretHash: sha256(secret),
      authenticatedAt: now,
      methods: 'pwd',
      lastActiveAt: now,
      idleExpiresAt: new Date(now.getTime() + day),
      expiresAt: new Date(now.getTime() + 30 * day),
    },
  });
  const consent = { id: newId('consent'), memberId, clientId: oauthClient.id, scopes: scope, consentedAt: now };
  await db.consent.create({ data: consent });
  return {
    clientId: oauthClient.clientId,
    clientSecret,
    cookie: `latchkey-${new URL(deps.config.issuer).port}=${secret}`,
  };
}

/**
 * @param {NodeJS.ProcessEnv} environment the service's settings, an empty database among them
 * @param {object} size
 * @param {number} size.rows
 * @param {number} size.users
 * @param {string} size.idToken how ID tokens of the driven clients are signed
 * @param {URL} dist the folder of the compiled code
 * @returns the driven clients, each with a person's cookie; and an API token of role ADMIN
 */
export async function seedLatchkey(environment, { rows, users, idToken }, dist) {
  const compiled = (path) => import(new URL(path, dist).href);
  const { compose } = await compiled('compose.js');
  const { loadConfig } = await compiled('config.js');
  const { bootstrap } = await compiled('bootstrap.js');
  const { createApiToken } = await compiled('api-tokens/service.js');
  const { createOAuthClient } = await compiled('clients/service.js');
  const { actorOfMember } = await compiled('members/service.js');
  const { deps, close } = await compose(loadConfig(environment));
  try {
    await bootstrap(deps);
    const member = await deps.db.member.findFirstOrThrow({ where: { role: 'OWNER' } });
    const owner = actorOfMember(member, { ipAddress: null, userAgent: null });
    const provider = environment.DATABASE_URL.startsWith('file:') ? 'sqlite' : 'postgresql';
    await runAll(environment.DATABASE_URL, manyRows(provider, rows, member.accountId), dist);
    const made = [];
    for (let index = 0; index < users; index += 1) {
      made.push(await makeUser(deps, owner, index, idToken, createOAuthClient));
    }
    const manager = { actor: owner, accountId: member.accountId, memberId: member.id, role: 'OWNER' };
    const { token } = await createApiToken(deps, manager, { name: 'bench', role: 'ADMIN' });
    return { users: made, apiToken: token };
  } finally {
    await close();
  }
}
