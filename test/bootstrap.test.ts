// First start: what an empty database is given, once, however many processes start at the same time.
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bootstrap, checkFirstAccount, generatePassword } from '../src/bootstrap.js';
import { ConfigError } from '../src/config.js';
import { openDatabase } from '../src/db/client.js';
import type { Deps } from '../src/deps.js';
import { authenticateMember } from '../src/members/service.js';
import { createTestApp, ownerPassword, type TestApp } from './support/app.js';
import { TestBrowser } from './support/browser.js';
import { createEmptyTestDatabase, type EmptyTestDatabase, testProvider } from './support/database.js';
import { newBrowser } from './support/oauth.js';
import { freePort, freePorts } from './support/service.js';
import { spawnService } from './support/service-process.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  await app.db.account.deleteMany();
  await app.db.signingKey.deleteMany();
  await app.db.auditLogEntry.deleteMany();
});
afterAll(() => app.close());

function withConfig(config: Partial<Deps['config']>): Deps {
  return { ...app.deps, config: { ...app.deps.config, ...config } };
}

async function counts() {
  const { db } = app;
  const keys = await db.signingKey.findMany({ orderBy: { algorithm: 'asc' }, select: { algorithm: true } });
  return {
    accounts: await db.account.count(),
    members: await db.member.count(),
    owners: await db.member.count({ where: { role: 'OWNER', ownerOf: { not: null } } }),
    keys: keys.map(({ algorithm }) => algorithm).sort(),
  };
}

const complete = { accounts: 1, members: 1, owners: 1, keys: ['ES256', 'RS256'] };

describe('the first start', () => {
  test('makes one account with its owner, and a signing key of each algorithm', async () => {
    expect(await counts()).toEqual({ accounts: 0, members: 0, owners: 0, keys: [] });
    const config = { accountName: 'Example Ltd', ownerEmail: 'Me@Example.com' };
    expect(await bootstrap(withConfig(config))).toMatchObject({ email: 'Me@Example.com' });
    expect(await counts()).toEqual(complete);
    const owner = await app.db.member.findFirstOrThrow({ include: { account: true } });
    expect(owner.account.name).toBe('Example Ltd');
    expect(owner).toMatchObject({
      email: 'Me@Example.com',
      role: 'OWNER',
      ownerOf: owner.account.id,
      status: 'ACTIVE',
    });
    const actors = await app.db.auditLogEntry.findMany({ select: { action: true, actorKind: true } });
    expect(actors).toContainEqual({ action: 'ACCOUNT_CREATED', actorKind: 'SYSTEM' });
  });

  test('gives back a password that it made, which signs the owner in', async () => {
    const first = await bootstrap(withConfig({ ownerPassword: undefined }));
    expect(first?.password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
    const page = await newBrowser(app).signIn({ email: first?.email ?? '', password: first?.password ?? '' });
    expect(page.url.pathname).not.toBe('/login');
    expect(app.logLines.join('\n')).not.toContain(first?.password);
    expect(JSON.stringify(await app.db.auditLogEntry.findMany())).not.toContain(first?.password);
  });

  test('does not give back a password that the operator chose', async () => {
    expect(await bootstrap(app.deps)).toEqual({ email: 'owner@example.com', password: null });
    const nowhere = { ipAddress: null, userAgent: null };
    expect(await authenticateMember(app.deps, nowhere, 'owner@example.com', ownerPassword)).not.toBeNull();
  });

  test('looks at the settings before there is a SQLite file, and not again when there is one', async () => {
    const wrong = { accountName: ' ', ownerEmail: 'nobody', ownerPassword: 'short' };
    const check = (databaseUrl: string) => checkFirstAccount({ ...wrong, databaseUrl });
    const failure = await check('file:./nowhere/latchkey.db').catch((error: unknown) => error);
    expect((failure as ConfigError).faults).toEqual([
      expect.stringMatching(/^LATCHKEY_ACCOUNT_NAME: /),
      expect.stringMatching(/^LATCHKEY_OWNER_EMAIL: /),
      expect.stringMatching(/^LATCHKEY_OWNER_PASSWORD: /),
    ]);
    await check(`file:${import.meta.filename}`);
    await checkFirstAccount({
      ...wrong,
      accountName: 'A',
      ownerEmail: 'a@example.com',
      ownerPassword: undefined,
      databaseUrl: 'file:./nowhere/latchkey.db',
    });
  });

  test('names the variables that it cannot use, all at once, and makes no owner', async () => {
    const faults = async (config: Partial<Deps['config']>) => {
      const error = await bootstrap(withConfig(config)).catch((raised: unknown) => raised);
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).faults;
    };
    expect(await faults({ ownerEmail: 'nobody', ownerPassword: 'short' })).toEqual([
      expect.stringMatching(/^LATCHKEY_OWNER_EMAIL: /),
      expect.stringMatching(/^LATCHKEY_OWNER_PASSWORD: .*12/),
    ]);
    expect((await faults({ ownerPassword: 'password1234' })).join()).toMatch(/^LATCHKEY_OWNER_PASSWORD: /);
    expect((await faults({ ownerPassword: 'short' })).join()).not.toContain('"short"');
    expect(await counts()).toMatchObject({ accounts: 0, members: 0 });
  });
});

test('a second start makes nothing, whatever the settings say by then', async () => {
  await bootstrap(app.deps);
  const before = await app.db.member.findMany();
  expect(await bootstrap(withConfig({ ownerEmail: 'other@example.com', ownerPassword: undefined }))).toBeNull();
  expect(await bootstrap(withConfig({ ownerPassword: 'short' }))).toBeNull();
  expect(await counts()).toEqual(complete);
  expect(await app.db.member.findMany()).toEqual(before);
});

test('what is missing is made although the rest is there', async () => {
  await bootstrap(app.deps);
  await app.db.signingKey.deleteMany();
  expect(await bootstrap(app.deps)).toBeNull();
  expect(await counts()).toEqual(complete);
});

test('of many starts at once one makes the owner', async () => {
  const many = await Promise.all(Array.from({ length: 6 }, () => bootstrap(withConfig({ ownerPassword: undefined }))));
  expect(many.filter((owner) => owner !== null)).toHaveLength(1);
  expect(await counts()).toEqual(complete);
});

test('a generated password holds a hundred bits, and no two are alike', () => {
  const many = Array.from({ length: 200 }, () => generatePassword(app.deps.randomBytes));
  expect(new Set(many).size).toBe(many.length);
  // Twenty letters of thirty-two, each used evenly enough to be seen among four thousand.
  const used = new Set(many.join('').replaceAll('-', ''));
  expect(used.size).toBe(32);
});

const fileIsOpen = 'another process has the database file open';

describe('processes', () => {
  let database: EmptyTestDatabase;
  beforeAll(async () => {
    database = await createEmptyTestDatabase();
  });
  afterAll(() => database.remove());

  /** Starts the compiled service without a password for its owner, and waits until it says that it runs, and answers. */
  async function start(port: number) {
    const service = spawnService({
      PORT: String(port),
      DATABASE_URL: database.url,
      LATCHKEY_OWNER_PASSWORD: '',
      // On SQLite it makes its own.
      LATCHKEY_SECRET: testProvider === 'postgresql' ? 'a secret for four processes on one database' : '',
    });
    await service.ready();
    expect(await (await fetch(`${service.issuer}/healthz`)).json()).toEqual({ status: 'ok' });
    return service;
  }

  test('four that start at once on an empty database make one account, one owner and one key of each algorithm', async () => {
    const services = await Promise.all((await freePorts(4)).map(start));
    const passwords = services.flatMap(({ printed }) => /Password {2,}(\S+)/.exec(printed.text)?.[1] ?? []);
    expect(passwords).toHaveLength(1);
    const { db, close } = await openDatabase(database.url);
    expect(await db.account.count()).toBe(1);
    expect(await db.member.findMany({ select: { role: true, email: true } })).toEqual([
      { role: 'OWNER', email: 'owner@example.com' },
    ]);
    const keys = await db.signingKey.findMany({ select: { algorithm: true }, orderBy: { algorithm: 'asc' } });
    expect(keys.map(({ algorithm }) => algorithm).sort()).toEqual(['ES256', 'RS256']);
    await close();

    // Each of them can read the keys, and lets the owner in by the one password.
    const published = await Promise.all(
      services.map(async ({ issuer }) => (await fetch(`${issuer}/oauth/jwks`)).text()),
    );
    expect(new Set(published).size).toBe(1);
    for (const { issuer } of services) {
      const page = await new TestBrowser(fetch, issuer).signIn({
        email: 'owner@example.com',
        password: passwords[0] ?? '',
      });
      expect(page.url.pathname).not.toBe('/login');
    }
    expect(await Promise.all(services.map(({ stop }) => stop()))).toEqual([0, 0, 0, 0]);

    const again = await start(await freePort());
    expect(again.printed.text).toContain(again.issuer);
    expect(again.printed.text).not.toContain('Password');
    expect(again.printed.text).not.toContain(fileIsOpen);
    expect(await again.stop()).toBe(0);
    if (testProvider === 'sqlite') {
      const file = join(dirname(database.url.slice('file:'.length)), 'latchkey.secret');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const secret = readFileSync(file, 'utf8').trim();
      expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
      for (const { printed } of [...services, again]) expect(printed.text).not.toContain(secret);
    }
  }, 60_000);

  test('a second one on a SQLite file says in its log what that means', async () => {
    const [first = 0, second = 0] = await freePorts(2);
    const one = await start(first);
    const two = await start(second);
    try {
      await vi.waitFor(() => expect(two.printed.text).toContain('"msg":"started"'));
      await pause(200);
      expect(two.printed.text.includes(fileIsOpen)).toBe(testProvider === 'sqlite');
      expect(one.printed.text).not.toContain(fileIsOpen);
    } finally {
      expect(await Promise.all([one.stop(), two.stop()])).toEqual([0, 0]);
    }
  }, 60_000);
});
