// Fills the peer's database: many clients, accounts, grants and tokens that nobody uses, and the people and clients that are
// driven, signed in and with their consent given.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { redirectUri, scope } from '../modes/shared.mjs';
import { schema } from '../servers/oidc-provider-adapter.mjs';

const month = 30 * 86_400;

function randomId() {
  return randomBytes(32).toString('base64url');
}

function clientPayload(clientId, secret, idToken) {
  return {
    client_id: clientId,
    client_secret: secret,
    client_name: `Bench ${clientId}`,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: idToken,
  };
}

/** Rows that are only there, as many of each kind: made by the database itself, a million within a minute. */
function manyRows(rows) {
  const series = `generate_series(1, ${rows}) AS i`;
  const id = (prefix) => `'${prefix}' || lpad(i::text, 40, '0')`;
  const now = Math.floor(Date.now() / 1000);
  const token = (kind, prefix) =>
    `json_build_object('iat', ${now}, 'exp', ${now + month}, 'jti', ${id(prefix)}, 'kind', '${kind}', 'accountId', ${id('a')},
      'clientId', ${id('c')}, 'grantId', ${id('g')}, 'gty', 'authorization_code', 'scope', '${scope}')`;
  const expires = `now() + interval '30 days'`;
  return [
    `INSERT INTO account SELECT ${id('a')}, 'person' || i || '@example.com', 'Person ' || i, ${now} FROM ${series}`,
    `INSERT INTO "Client" (id, payload) SELECT ${id('c')}, json_build_object('client_id', ${id('c')}, 'client_secret', md5(i::text),
      'client_name', 'Client ' || i, 'redirect_uris', json_build_array('https://app' || i || '.example.com/callback'),
      'grant_types', json_build_array('authorization_code', 'refresh_token'), 'response_types', json_build_array('code'))
      FROM ${series}`,
    `INSERT INTO "Grant" (id, payload, expires_at) SELECT ${id('g')}, json_build_object('iat', ${now}, 'exp', ${now + month},
      'jti', ${id('g')}, 'kind', 'Grant', 'accountId', ${id('a')}, 'clientId', ${id('c')},
      'openid', json_build_object('scope', '${scope}')), ${expires} FROM ${series}`,
    `INSERT INTO "AccessToken" (id, payload, grant_id, expires_at)
      SELECT ${id('t')}, ${token('AccessToken', 't')}, ${id('g')}, ${expires} FROM ${series}`,
    `INSERT INTO "RefreshToken" (id, payload, grant_id, expires_at)
      SELECT ${id('r')}, ${token('RefreshToken', 'r')}, ${id('g')}, ${expires} FROM ${series}`,
    `INSERT INTO "Session" (id, payload, uid, expires_at) SELECT ${id('s')}, json_build_object('iat', ${now}, 'exp', ${now + month},
      'jti', ${id('s')}, 'uid', ${id('u')}, 'kind', 'Session', 'accountId', ${id('a')}, 'loginTs', ${now},
      'authorizations', json_build_object(${id('c')}, json_build_object('sid', ${id('x')}, 'grantId', ${id('g')}))),
      ${id('u')}, ${expires} FROM ${series}`,
  ];
}

async function insertUser(client, index, idToken) {
  const now = Math.floor(Date.now() / 1000);
  const accountId = `driven-${index}`;
  const clientId = `driven-client-${index}`;
  const clientSecret = randomId();
  const [grantId, session, uid] = [randomId(), randomId(), randomId()];
  const life = { iat: now, exp: now + month };
  const grant = { ...life, jti: grantId, kind: 'Grant', accountId, clientId, openid: { scope } };
  const authorizations = { [clientId]: { sid: randomId(), grantId } };
  const sessionPayload = { ...life, jti: session, uid, kind: 'Session', accountId, loginTs: now, authorizations };
  const insert = (table, columns, values) =>
    client.query(
      `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map((_, place) => `$${place + 1}`).join(', ')})`,
      values,
    );
  const expires = new Date((now + month) * 1000);
  const { email, name } = { email: `driven${index}@example.com`, name: `Driven ${index}` };
  await insert('account', ['id', 'email', 'name', 'updated_at'], [accountId, email, name, now]);
  await insert('Client', ['id', 'payload'], [clientId, clientPayload(clientId, clientSecret, idToken)]);
  await insert('Grant', ['id', 'payload', 'expires_at'], [grantId, grant, expires]);
  await insert('Session', ['id', 'payload', 'uid', 'expires_at'], [session, sessionPayload, uid, expires]);
  return { clientId, clientSecret, session };
}

/**
 * @param {string} databaseUrl an empty database
 * @param {object} size
 * @param {number} size.rows
 * @param {number} size.users
 * @param {string} size.idToken how ID tokens of the driven clients are signed
 * @returns the driven clients, each with a person's session
 */
export async function seedOidcProvider(databaseUrl, { rows, users, idToken }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of [...schema, ...manyRows(rows)]) await client.query(statement);
    const made = [];
    for (let index = 0; index < users; index += 1) made.push(await insertUser(client, index, idToken));
    await client.query('VACUUM ANALYZE');
    return { users: made };
  } finally {
    await client.end();
  }
}
