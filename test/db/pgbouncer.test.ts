// Latchkey behind pgbouncer in transaction mode: migrating, starting, signing in, and races. Where pgbouncer or PostgreSQL is
// missing nothing of it runs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { exclusively, type OpenedDatabase, openDatabase } from '../../src/db/client.js';
import { copyDatabase } from '../../src/db/copy/copy.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';
import { rotateSigningKeys } from '../../src/keys/rotate.js';
import { operatorMessage } from '../../src/operator-message.js';
import { createTestApp } from '../support/app.js';
import { createEmptyTestDatabase, createTestDatabase } from '../support/database.js';
import { apiTokenOf, bearer } from '../support/graphql.js';
import { obtainTokens, refresh, registerClient, userinfo } from '../support/oauth.js';
import { followsStatements, hasPgbouncer, startPgbouncer } from '../support/pgbouncer.js';

const patience = 60_000;
const account = (id: string) => ({ id, name: id, createdAt: new Date(0) });

/** Statements of many kinds at once, on more connections than pgbouncer has to the server. */
async function work({ db }: OpenedDatabase, prefix: string): Promise<void> {
  const settled = await Promise.allSettled(
    Array.from({ length: 60 }, async (_, index) => {
      const id = `${prefix}-${index}`;
      await db.account.create({ data: account(id) });
      await db.$transaction(async (tx) => {
        const { name } = await tx.account.findUniqueOrThrow({ where: { id } });
        await tx.account.update({ where: { id }, data: { name: `${name}!` } });
      });
    }),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

describe.runIf(hasPgbouncer)('behind pgbouncer in transaction mode', () => {
  let pooler: Awaited<ReturnType<typeof startPgbouncer>>;
  beforeAll(async () => {
    pooler = await startPgbouncer();
  });
  afterAll(() => pooler.stop());

  test('several processes migrate an empty database, once', { timeout: patience }, async () => {
    const empty = await createEmptyTestDatabase();
    try {
      const results = await Promise.all(Array.from({ length: 4 }, () => migrate(pooler.url(empty.url))));
      const own = readMigrations(migrationsFolder('postgresql')).map(({ name }) => name);
      expect(results.flatMap(({ applied }) => applied)).toEqual(own);
    } finally {
      await empty.remove();
    }
  });

  test('a whole sign-in, refreshes at once, the GraphQL API and new keys work', { timeout: patience }, async () => {
    const direct = await createTestDatabase();
    const url = pooler.url(direct.url);
    const opened = [await openDatabase(url), await openDatabase(url)] as const;
    try {
      const [app, other] = await Promise.all(
        opened.map((one) => createTestApp({ database: { ...one, url, statements: [] } })),
      );
      if (!app || !other) throw new Error('There are two.');
      const client = await registerClient(app);
      const { accessToken, refreshToken } = await obtainTokens(app, client, { scope: 'openid email offline_access' });
      expect((await userinfo(other, accessToken)).body.email).toBe(app.owner.email);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => refresh(index % 2 ? app : other, client, refreshToken)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
      expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
      expect(await app.db.refreshToken.count()).toBe(2);
      const { token } = await apiTokenOf(app, 'ADMIN');
      const lists = '{ oauthClients { nodes { name secrets { hint } } } auditLog { nodes { action } } }';
      const asked = await Promise.all(Array.from({ length: 10 }, () => bearer(other, token)(lists)));
      expect(asked.map(({ errors }) => errors)).toEqual(Array(10).fill(undefined));
      await Promise.all([rotateSigningKeys(app.deps, operatorActor), rotateSigningKeys(other.deps, operatorActor)]);
      await Promise.all([app.close(), other.close()]);
    } finally {
      for (const { close } of opened) await close();
      await direct.close();
    }
  });

  test('what is done exclusively is done one at a time', { timeout: patience }, async () => {
    const direct = await createTestDatabase();
    const opened = await openDatabase(pooler.url(direct.url));
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        exclusively(opened.db, 'test', async (tx) => {
          inside += 1;
          most = Math.max(most, inside);
          await tx.account.count();
          inside -= 1;
        }),
      ),
    );
    await opened.close();
    await direct.close();
    expect(most).toBe(1);
  });

  test('a database is copied through it', { timeout: patience }, async () => {
    const direct = await createTestDatabase();
    const target = await createEmptyTestDatabase();
    try {
      await direct.db.account.createMany({ data: [account('a'), account('b')] });
      const options = { whileRunning: true };
      expect(await copyDatabase(pooler.url(direct.url), pooler.url(target.url), options)).toMatchObject({ Account: 2 });
    } finally {
      await target.remove();
      await direct.close();
    }
  });

  test('named statements fail where pgbouncer does not follow them, and pgbouncer=true is what helps', async () => {
    const direct = await createTestDatabase();
    const named = await openDatabase(pooler.url(direct.url, ''));
    const unnamed = await openDatabase(pooler.url(direct.url));
    try {
      const fault = await work(named, 'named').catch((error: unknown) => error);
      expect(operatorMessage(fault)).toMatch(
        /^The database cannot be used: prepared statement .+\nBehind pgbouncer add \?pgbouncer=true to DATABASE_URL\.$/,
      );
      await work(unnamed, 'unnamed');
      expect(await direct.db.account.count({ where: { name: { startsWith: 'unnamed', endsWith: '!' } } })).toBe(60);
    } finally {
      await named.close();
      await unnamed.close();
      await direct.close();
    }
  });
});

describe.runIf(hasPgbouncer && followsStatements())('behind a pgbouncer that follows named statements', () => {
  test('they work without pgbouncer=true', async () => {
    const pooler = await startPgbouncer({ preparedStatements: 200 });
    const direct = await createTestDatabase();
    const opened = await openDatabase(pooler.url(direct.url, ''));
    try {
      await work(opened, 'opened');
      expect(await direct.db.account.count({ where: { name: { endsWith: '!' } } })).toBe(60);
    } finally {
      await opened.close();
      await direct.close();
      await pooler.stop();
    }
  });
});
