// Everything moved to another database: from SQLite to PostgreSQL, back, and from file to file. Whoever was signed in goes
// on as before. On a run without PostgreSQL only the last.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Provider } from '../../src/db/client.js';
import { copyDatabase } from '../../src/db/copy/copy.js';
import { Prisma } from '../../src/db/generated/sqlite/client.js';
import { MigrationError, migrate } from '../../src/db/migrations/migrate.js';
import { furnish } from '../api/furnished.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import {
  createEmptyTestDatabase,
  createTestDatabase,
  type EmptyTestDatabase,
  type TestDatabase,
  testProvider,
} from '../support/database.js';
import { apiTokenOf, bearer } from '../support/graphql.js';
import {
  anyPkce,
  authorize,
  authorizeUrl,
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  token,
  userinfo,
} from '../support/oauth.js';

const ways: readonly (readonly [Provider, Provider])[] =
  testProvider === 'postgresql'
    ? [
        ['sqlite', 'postgresql'],
        ['postgresql', 'sqlite'],
        ['postgresql', 'postgresql'],
      ]
    : [['sqlite', 'sqlite']];

// Each moves a whole installation.
const patience = 60_000;

let source: TestDatabase;
let target: EmptyTestDatabase;

/** Both ends of a copy: a source with all tables, a target without. */
async function prepare(from: Provider, to: Provider): Promise<void> {
  source = await createTestDatabase(from);
  target = await createEmptyTestDatabase(to);
}
afterEach(async () => {
  await source.close();
  await target.remove();
});

/** The source's tests hold it open themselves. */
const copy = () => copyDatabase(source.url, target.url, { whileRunning: true });

/** Every row of every model, as the client gives them. */
async function contentOf(db: TestDatabase['db']): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const name of Object.values(Prisma.ModelName)) {
    const delegates = db as unknown as Record<string, { findMany(): Promise<unknown[]> }>;
    const rows = await delegates[`${name.charAt(0).toLowerCase()}${name.slice(1)}`]?.findMany();
    content[name] = (rows ?? []).map((row) => JSON.stringify(row)).sort();
  }
  return content;
}

/** Rows that no sign-in of these tests makes, and texts that are easily damaged on the way. */
async function addTheRest(app: TestApp): Promise<void> {
  const { db, clock, deps, owner } = app;
  const now = clock();
  const later = new Date(now.getTime() + 3_600_123);
  await db.assertionReplay.create({ data: { hash: 'a hash', expiresAt: later } });
  await db.revokedAccessToken.create({ data: { jti: 'a jti', expiresAt: new Date(0) } });
  const { accountId, id: actorId } = owner;
  const record = { mutation: 'createOAuthClient', keyHash: 'k', inputHash: 'i', resultId: 'r', createdAt: now };
  await db.idempotencyRecord.create({
    data: { id: deps.newId('idempotencyRecord'), accountId, actorId, ...record, expiresAt: later },
  });
  const logo = await db.oAuthClientLogo.findFirstOrThrow();
  const bytes = new Uint8Array(250_000).map((_, index) => index % 256);
  await db.oAuthClientLogo.update({ where: { clientId: logo.clientId }, data: { bytes } });
  const name = 'Zoë 🗝 \\x00 \\u0000 "quoted" \'single\' back\\slash\ttab\nline {"json": [null]} Ωμέγα';
  // Invited by a member who is stored long after them, batches later.
  const rank = { accountId, role: 'READER' as const, createdAt: now, updatedAt: now };
  const invited = Array.from({ length: 99 }, (_, index) => ({
    id: `mem_${100 + index}`,
    emailKey: `${100 + index}@x`,
  }));
  await db.member.createMany({ data: invited.map((one) => ({ ...one, ...rank, email: one.emailKey })) });
  await db.member.updateMany({ where: { emailKey: { endsWith: '@x' } }, data: { invitedById: 'mem_198' } });
  await db.member.update({ where: { id: owner.id }, data: { name, claims: '{"birthdate":"1815-12-10"}' } });
}

describe.each(ways)('from %s to %s', (from, to) => {
  beforeEach(() => prepare(from, to));

  test('everything is there afterwards, and everybody goes on as before', { timeout: patience }, async () => {
    const old = await createTestApp({ database: source });
    let answering = old;
    const browser = new TestBrowser((url, init) => answering.app.request(url, init), old.issuer);
    const client = await registerClient(old, {
      name: 'Moving app',
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: ['openid', 'email', 'offline_access', 'reader'],
      backchannelLogoutUri: 'https://app.example.com/logout',
    });
    const scope = { scope: 'openid email offline_access reader' };
    const first = await obtainTokens(old, client, scope, browser);
    // Used, with a successor that may be asked for again for thirty seconds.
    const second = (await refresh(old, client, first.refreshToken)).body;
    const leaving = await obtainTokens(old, client, scope);
    await leaving.browser.submit(await leaving.browser.visit('/logout'));
    const code = await obtainCode(old, client, scope);
    const apiToken = await apiTokenOf(old, 'ADMIN');
    const stranger = newBrowser(old);
    await stranger.visit(authorizeUrl(client, anyPkce));
    await stranger.submit(await stranger.visit('/forgot-password'), { email: old.owner.email });
    await stranger.signIn({ email: old.owner.email, password: 'not the password at all' });
    for (const email of ['grace@example.com', 'alan@example.com']) await old.addMember('WRITER', email);
    await furnish(old, old.owner, 'furnished');
    await addTheRest(old);
    await old.deps.lastUsed.flush();
    const before = await contentOf(source.db);
    // A model that is new must be filled here, or nobody knows whether it is copied rightly.
    expect(Object.keys(before).filter((name) => before[name]?.length === 0)).toEqual([]);

    const tables = await copy();
    expect(tables).toEqual(Object.fromEntries(Object.entries(before).map(([name, rows]) => [name, rows.length])));
    const opened = await openDatabase(target.url, { poolSize: 5 });
    const { db, close } = opened;
    try {
      expect(await contentOf(db)).toEqual(before);
      if (to === 'sqlite') {
        // Compared as text by the database, so written as the client writes it.
        const times = await db.$queryRaw<{ text: string }[]>`SELECT CAST("createdAt" AS TEXT) AS "text" FROM "Member"`;
        expect(times.filter(({ text }) => !/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}\+00:00$/.test(text))).toEqual([]);
      }
      const moved = await createTestApp({ database: { ...target, ...opened, statements: [] } });
      answering = moved;
      // The browser's session, the consent and a code that was on its way.
      expect((await browser.graphql('{ viewer { member { email } } }')).data).toEqual({
        viewer: { member: { email: old.owner.email } },
      });
      const page = await authorize(browser, authorizeUrl(client, { ...scope, ...anyPkce, prompt: 'none' }), old.owner);
      expect(page.url.searchParams.get('code')).toMatch(/^lkc_/);
      expect((await redeem(moved, client, code)).status).toBe(200);
      // Tokens, and the secret that the client signs in with.
      expect((await userinfo(moved, first.accessToken)).body.email).toBe(old.owner.email);
      expect((await refresh(moved, client, first.refreshToken)).body.refresh_token).toBe(second.refresh_token);
      expect((await refresh(moved, client, second.refresh_token ?? '')).status).toBe(200);
      expect((await token(moved, client, { grant_type: 'client_credentials', scope: 'reader' })).status).toBe(200);
      const asked = await bearer(moved, apiToken.token)('{ auditLog(first: 1) { nodes { action } } }');
      expect(asked).toMatchObject({ status: 200, data: { auditLog: { nodes: [{ action: expect.any(String) }] } } });
      // What was used after the copy: the second use of a refresh token that is no longer in grace.
      moved.clock.advance(31);
      expect((await refresh(moved, client, first.refreshToken)).body.error).toBe('invalid_grant');
      await moved.close();
    } finally {
      await close();
      await old.close();
    }
  });
});

describe.each(ways)('a copy from %s to %s that cannot be made', (from, to) => {
  beforeEach(() => prepare(from, to));

  const account = (id: string) => ({ id, name: id, createdAt: new Date(0) });
  const rowsOfTarget = async () => {
    const { db, close } = await openDatabase(target.url);
    try {
      return Object.values(await contentOf(db)).flat().length;
    } finally {
      await close();
    }
  };

  test('is refused when the target has rows, which stay as they are', async () => {
    await source.db.account.create({ data: account('here') });
    await copy();
    await source.db.account.create({ data: account('later') });
    await expect(copy()).rejects.toThrow(/is not empty: its table Account has rows/);
    expect(await rowsOfTarget()).toBe(1);
  });

  test('is refused when the target belongs to something else, before anything is made there', async () => {
    if (to === 'sqlite') await openDatabase(target.url).then(({ close }) => close());
    const { db, close } = await openDatabase(target.url);
    await db.$executeRaw`CREATE TABLE "theirs" ("id" INTEGER)`;
    await db.$executeRaw`INSERT INTO "theirs" VALUES (1)`;
    await expect(copy()).rejects.toThrow('its table theirs has rows');
    await expect(db.account.count()).rejects.toThrow();
    await close();
  });

  test('is refused while the source has migrations that the program does not know, and those it lacks', async () => {
    await source.db
      .$executeRaw`INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "logs", "finished_at", "started_at")
      SELECT 'newer', 'x', '99990101000000_newer', 'latchkey: additive', "finished_at", "started_at"
      FROM "_prisma_migrations" LIMIT 1`;
    await expect(copy()).rejects.toThrow(/newer than this program: it has run 99990101000000_newer/);
    await source.db.$executeRaw`DELETE FROM "_prisma_migrations" WHERE "migration_name" = '99990101000000_newer'`;
    await source.db.$executeRaw`DELETE FROM "_prisma_migrations"
      WHERE "migration_name" = (SELECT max("migration_name") FROM "_prisma_migrations")`;
    await expect(copy()).rejects.toBeInstanceOf(MigrationError);
    await expect(copy()).rejects.toThrow('lacks migrations');
  });

  test('is refused for a database and itself', async () => {
    await expect(copyDatabase(source.url, source.url, { whileRunning: true })).rejects.toThrow('the same database');
  });

  test('leaves no row behind when it fails half way', async () => {
    await source.db.account.createMany({ data: [account('a'), account('b')] });
    const onProgress = (table: string) => {
      if (table === 'Member') throw new Error('the power is gone');
    };
    const failing = copyDatabase(source.url, target.url, { whileRunning: true, onProgress });
    await expect(failing).rejects.toThrow('the power is gone');
    expect(await rowsOfTarget()).toBe(0);
    expect(await copy()).toMatchObject({ Account: 2, Member: 0 });
  });

  test('keeps nothing when what was written is not what was read', async () => {
    await source.db.account.create({ data: account('here') });
    await migrate(target.url);
    const { db, close } = await openDatabase(target.url);
    const spoil = `UPDATE "Account" SET "name" = 'spoilt' WHERE "name" <> 'spoilt'`;
    if (to === 'sqlite') {
      await db.$executeRawUnsafe(`CREATE TRIGGER "spoil" AFTER INSERT ON "Account" BEGIN ${spoil}; END`);
    } else {
      await db.$executeRawUnsafe(
        `CREATE FUNCTION spoil() RETURNS trigger AS $$ BEGIN ${spoil}; RETURN NULL; END $$ LANGUAGE plpgsql`,
      );
      await db.$executeRaw`CREATE TRIGGER "spoil" AFTER INSERT ON "Account" EXECUTE FUNCTION spoil()`;
    }
    await close();
    await expect(copy()).rejects.toThrow('The copy of Account is not what was read');
    expect(await rowsOfTarget()).toBe(0);
  });

  test('is refused while somebody has the source open, unless it is a rehearsal', async () => {
    await source.db.account.create({ data: account('here') });
    await expect(copyDatabase(source.url, target.url)).rejects.toThrow(/open.*Stop it first.*--while-running/s);
    expect(await copy()).toMatchObject({ Account: 1 });
    expect(await source.db.account.count()).toBe(1);
  });

  test('takes one moment of a source that is written to meanwhile, and hinders nobody', async () => {
    await source.db.account.createMany({ data: Array.from({ length: 50 }, (_, index) => account(`before-${index}`)) });
    let writing: Promise<unknown> | undefined;
    const onProgress = () => {
      writing ??= source.db.account.create({ data: account('meanwhile') }).then((row) => row);
    };
    expect(await copyDatabase(source.url, target.url, { whileRunning: true, onProgress })).toMatchObject({
      Account: 50,
    });
    await writing;
    expect(await source.db.account.count()).toBe(51);
    expect(await rowsOfTarget()).toBe(50);
  });
});

test('a refusal never holds the password of a URL', async () => {
  await prepare(testProvider, testProvider);
  const secret = 's3cret-of-the-url';
  const urls = [`postgresql://me:${secret}@127.0.0.1:1/none`, `postgresql://me:${secret}@exa mple/none`];
  for (const url of urls) {
    const error = await copyDatabase(source.url, url, { whileRunning: true }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(`${error}${JSON.stringify(error)}${(error as Error).stack}`).not.toContain(secret);
  }
  const unreadable = copyDatabase(source.url, urls[1] ?? '', { whileRunning: true });
  await expect(unreadable).rejects.toThrow(/^The database URL cannot be read; it names one host/);
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  const missing = join(folder, 'missing.db');
  await expect(copyDatabase(`file:${missing}`, target.url)).rejects.toThrow(`no database at ${missing}`);
  expect(existsSync(missing)).toBe(false);
  rmSync(folder, { recursive: true });
});
