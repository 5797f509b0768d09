// oidc-provider's storage on PostgreSQL, after the interface that its documentation gives (example/my_adapter.js): a table for each
// model as its documented MongoDB adapter has a collection for each, the payload as one JSON document, statements prepared once
// for each connection, an index for whatever something is found by. As quick as we could make it, and durable.

/** The models that oidc-provider keeps in a store with the features that are on here. */
const models = [
  'Session',
  'AccessToken',
  'AuthorizationCode',
  'RefreshToken',
  'ClientCredentials',
  'Client',
  'Interaction',
  'ReplayDetection',
  'Grant',
];

const grantable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

/** Its tables; `account` is what findAccount reads, as an application would have it. */
export const schema = [
  ...models.map(
    (model) => `CREATE TABLE "${model}" (
      id text PRIMARY KEY,
      payload json NOT NULL,
      uid text,
      grant_id text,
      expires_at timestamptz,
      consumed_at timestamptz
    )`,
  ),
  ...[...grantable].map((model) => `CREATE INDEX ON "${model}" (grant_id)`),
  'CREATE UNIQUE INDEX ON "Session" (uid)',
  ...models.filter((model) => model !== 'Client').map((model) => `CREATE INDEX ON "${model}" (expires_at)`),
  'CREATE TABLE account (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, updated_at integer NOT NULL)',
];

/**
 * @param {import('pg').Pool} pool
 * @returns the class that oidc-provider makes one of for each model
 */
export function createAdapter(pool) {
  return class PostgresqlAdapter {
    #model;

    /** @param {string} model */
    constructor(model) {
      this.#model = model;
    }

    #run(name, text, values) {
      return pool.query({ name: `${this.#model}.${name}`, text, values });
    }

    async upsert(id, payload, expiresIn) {
      await this.#run(
        'upsert',
        `INSERT INTO "${this.#model}" (id, payload, uid, grant_id, expires_at)
          VALUES ($1, $2, $3, $4, now() + $5 * interval '1 second')
          ON CONFLICT (id) DO UPDATE SET payload = EXCLUDED.payload, uid = EXCLUDED.uid, grant_id = EXCLUDED.grant_id,
            expires_at = EXCLUDED.expires_at`,
        [id, JSON.stringify(payload), payload.uid ?? null, payload.grantId ?? null, expiresIn ?? null],
      );
    }

    async find(id) {
      return this.#one(await this.#run('find', `${this.#select} WHERE id = $1 AND ${living}`, [id]));
    }

    async findByUid(uid) {
      return this.#one(await this.#run('findByUid', `${this.#select} WHERE uid = $1 AND ${living}`, [uid]));
    }

    async consume(id) {
      await this.#run('consume', `UPDATE "${this.#model}" SET consumed_at = now() WHERE id = $1`, [id]);
    }

    async destroy(id) {
      await this.#run('destroy', `DELETE FROM "${this.#model}" WHERE id = $1`, [id]);
    }

    async revokeByGrantId(grantId) {
      await this.#run('revokeByGrantId', `DELETE FROM "${this.#model}" WHERE grant_id = $1`, [grantId]);
    }

    get #select() {
      return `SELECT payload, consumed_at IS NOT NULL AS consumed FROM "${this.#model}"`;
    }

    #one({ rows: [row] }) {
      if (!row) return undefined;
      return row.consumed ? { ...row.payload, consumed: true } : row.payload;
    }
  };
}

const living = '(expires_at IS NULL OR expires_at > now())';
