// Four real processes on one PostgreSQL, as four instances and as four workers of one: what is good once is good once in all of
// them together, and what one of them changed the others know at once.
import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';
import { replaceCompromisedSigningKeys } from '../../src/keys/rotate.js';
import { mutate, succeed, tokenWith } from '../clients/mutate.js';
import { registerOver } from '../faults/remote.js';
import { memberPassword, type TestApp } from '../support/app.js';
import { assertionType, keySet, makeKey, sign } from '../support/assertions.js';
import type { TestBrowser } from '../support/browser.js';
import { testProvider } from '../support/database.js';
import { type Ask, signedInBrowser } from '../support/graphql.js';
import { guessAtSecret } from '../support/guessing.js';
import {
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestClient,
  type TokenAnswer,
  token,
  userinfo,
} from '../support/oauth.js';
import { introspect, revoke } from '../support/tokens.js';
import { printedPasswords, type RealProcesses, startInstances, startWorkers } from './processes.js';

const kinds = [
  { name: 'four instances', start: () => startInstances(), grace: true },
  {
    name: 'four workers of one instance',
    start: () => startWorkers({ LATCHKEY_REFRESH_GRACE_SECONDS: '0' }),
    grace: false,
  },
];
const name = testProvider === 'postgresql' ? '$name' : '$name (left out: they need PostgreSQL)';

describe.skipIf(testProvider !== 'postgresql').each(kinds)(name, { timeout: 120_000 }, ({ start, grace }) => {
  let processes: RealProcesses;
  let apps: RealProcesses['apps'];
  /** The owner, signed in once, whose cookie each process is shown. */
  let browser: TestBrowser;
  let owners: Ask[];
  let client: TestClient;
  let key: Awaited<ReturnType<typeof makeKey>>;
  beforeAll(async () => {
    processes = await start();
    ({ apps } = processes);
    browser = await signedInBrowser(apps[0], apps[0].owner);
    owners = apps.map((app) => askAs(app, browser));
    key = await makeKey();
    client = await registerOver(browser);
    // From here on each process remembers that the secret is right.
    await everywhere((app) => tokenWith(app, client.clientId, client.secret));
  }, 120_000);
  afterAll(async () => {
    if (!processes) return;
    const ended = await processes.stop();
    expect(ended).toEqual(ended.map(() => [0, null]));
    expect(
      processes
        .printed()
        .join('\n')
        .match(/.*"level":50.*/g) ?? [],
    ).toEqual([]);
  });

  /** Asks one process in a browser that signed in at any. */
  function askAs(app: TestApp, { jar }: TestBrowser): Ask {
    return async (query, variables = {}) => {
      const response = await app.request('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          origin: app.issuer,
          cookie: await jar.getCookieString(app.issuer),
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    };
  }

  const everywhere = <T>(work: (app: TestApp, index: number) => Promise<T>) => Promise.all(apps.map(work));

  /** Asks all four, so many times each, at once. */
  const race = <T>(each: number, work: (app: TestApp, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: each * 4 }, (_, index) => work(apps[index % 4] as TestApp, index)));

  function tally(answers: readonly TokenAnswer[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, body } of answers) {
      const what = status === 200 ? '200' : `${status} ${body.error}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  }

  const offline = { scope: 'openid email offline_access' };

  test('starting on an empty database they migrate it once, make one account and one owner, and print one password', async () => {
    const { db, printed } = processes;
    const names = await db.$queryRawUnsafe<{ migration_name: string }[]>(
      'SELECT migration_name FROM _prisma_migrations ORDER BY migration_name',
    );
    expect(names.map(({ migration_name }) => migration_name)).toEqual(
      readMigrations(migrationsFolder('postgresql')).map((migration) => migration.name),
    );
    expect([await db.account.count(), await db.member.count(), await db.signingKey.count()]).toEqual([1, 1, 2]);
    expect(printedPasswords(printed())).toHaveLength(1);
    expect(printed().join('').split('Latchkey is running').length - 1).toBe(printed().length);
    // What a log collector takes has no password.
    const [password = '-'] = printedPasswords(printed());
    expect(printed().join('').split(password)).toHaveLength(2);
  });

  test('of a hundred that redeem one code one gets tokens, and the replays end them', async () => {
    // The moment between looking and using is short: some rounds meet it.
    for (let round = 0; round < 4; round += 1) {
      const granted = await obtainCode(apps[0], client, offline, browser);
      const answers = await race(25, (app) => redeem(app, client, granted));
      expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': 99 });
      const { access_token: accessToken = '' } = answers.find(({ status }) => status === 200)?.body ?? {};
      const seen = await everywhere(async (app) => (await userinfo(app, accessToken)).status);
      expect(seen).toEqual([401, 401, 401, 401]);
    }
  });

  test.runIf(grace)('of a hundred that present one refresh token all get the one successor', async () => {
    const { refreshToken } = await obtainTokens(apps[1], client, offline, browser);
    const answers = await race(25, (app) => refresh(app, client, refreshToken));
    expect(tally(answers)).toEqual({ '200': 100 });
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect(successors).not.toContain(refreshToken);
  });

  test.runIf(!grace)(
    'of a hundred that present one refresh token one gets a successor, and the replays end it',
    async () => {
      const { refreshToken } = await obtainTokens(apps[1], client, offline, browser);
      const answers = await race(25, (app) => refresh(app, client, refreshToken));
      expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': 99 });
      const { refresh_token: successor = '' } = answers.find(({ status }) => status === 200)?.body ?? {};
      expect(tally(await race(1, (app) => refresh(app, client, successor)))).toEqual({ '400 invalid_grant': 4 });
    },
  );

  test('of a hundred that present one assertion one gets a token', async () => {
    const signing = await registerOver(browser, {
      grantTypes: ['CLIENT_CREDENTIALS'],
      redirectUris: [],
      scopes: ['reader'],
      tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
      jwks: keySet(key),
    });
    const now = Math.floor(Date.now() / 1000);
    const { clientId } = signing;
    const claims = { iss: clientId, sub: clientId, aud: apps[0].issuer, iat: now, exp: now + 60, jti: randomUUID() };
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: await sign(key, claims),
    };
    expect(tally(await race(25, (app) => token(app, null, form)))).toEqual({ '200': 1, '401 invalid_client': 99 });
  });

  test('of forty registrations under one idempotency key one makes a client, and the others are told which', async () => {
    const before = await processes.db.oAuthClient.count();
    const input = { name: 'Once', redirectUris: ['https://once.example/'], idempotencyKey: randomUUID() };
    const payloads = await race(10, (_, index) =>
      mutate(owners[index % 4] as Ask, 'createOAuthClient', input, 'replayed clientSecret oauthClient { id }'),
    );
    expect(await processes.db.oAuthClient.count()).toBe(before + 1);
    expect(new Set(payloads.map(({ oauthClient }) => oauthClient.id)).size).toBe(1);
    expect(payloads.filter(({ clientSecret }) => clientSecret !== null)).toHaveLength(1);
    expect(payloads.filter(({ replayed }) => replayed)).toHaveLength(39);
  });

  test('what was revoked at one is refused by the others at once', async () => {
    for (const at of apps) {
      const { accessToken, refreshToken } = await obtainTokens(at, client, offline, browser);
      const before = await everywhere(async (app) => [
        (await introspect(app, client, accessToken)).active,
        (await userinfo(app, accessToken)).status,
      ]);
      expect(before).toEqual(Array(4).fill([true, 200]));
      expect((await revoke(at, client, refreshToken)).status).toBe(200);
      const after = await everywhere(async (app) => [
        (await introspect(app, client, accessToken)).active,
        (await userinfo(app, accessToken)).status,
      ]);
      expect(after).toEqual(Array(4).fill([false, 401]));
    }
  });

  test('a secret that was ended at one is refused by the others at once, although they have seen that it is right', async () => {
    const robot = { grantTypes: ['CLIENT_CREDENTIALS'], redirectUris: [], scopes: ['reader'] };
    const { id, clientId, secret } = await registerOver(browser, robot);
    const works = (given: string) => everywhere((app) => tokenWith(app, clientId, given));
    expect(await works(secret)).toEqual(Array(4).fill('token'));
    const rotated = await succeed(
      owners[0] as Ask,
      'rotateOAuthClientSecret',
      { id, previousSecretsExpireInSeconds: 0 },
      'clientSecret secret { id }',
    );
    expect(await works(secret)).toEqual(Array(4).fill('401 invalid_client'));
    expect(await works(rotated.clientSecret)).toEqual(Array(4).fill('token'));
    await succeed(owners[1] as Ask, 'revokeOAuthClientSecret', { secretId: rotated.secret.id });
    expect(await works(rotated.clientSecret)).toEqual(Array(4).fill('401 invalid_client'));
  });

  test('a client that was disabled at one is refused by the others at once, and served again once it is enabled', async () => {
    const robot = { grantTypes: ['CLIENT_CREDENTIALS'], redirectUris: [], scopes: ['reader'] };
    const { id, clientId, secret } = await registerOver(browser, robot);
    const works = () => everywhere((app) => tokenWith(app, clientId, secret));
    expect(await works()).toEqual(Array(4).fill('token'));
    await succeed(owners[2] as Ask, 'disableOAuthClient', { id });
    expect(await works()).toEqual(Array(4).fill('401 invalid_client'));
    await succeed(owners[3] as Ask, 'enableOAuthClient', { id });
    expect(await works()).toEqual(Array(4).fill('token'));
  });

  test('the session of a member who was suspended at one is over in all at once', async () => {
    const member = await processes.inside.addMember('WRITER', 'suspended@example.com');
    const theirs = await signedInBrowser(apps[1], member);
    const viewers = () =>
      everywhere(async (app) => (await askAs(app, theirs)('{ viewer { role } }')).data?.viewer?.role ?? null);
    expect(await viewers()).toEqual(Array(4).fill('WRITER'));
    await succeed(owners[0] as Ask, 'suspendMember', { memberId: member.id });
    expect(await viewers()).toEqual(Array(4).fill(null));
  });

  test('keys that were ended at one have signed nothing for the others from then on, and all sign with the new ones', async () => {
    const { accessToken } = await obtainTokens(apps[0] as TestApp, client, offline, browser);
    const seen = () => everywhere(async (app) => (await userinfo(app, accessToken)).status);
    expect(await seen()).toEqual(Array(4).fill(200));
    const { kids } = await replaceCompromisedSigningKeys(processes.inside.deps, operatorActor);
    expect(await seen()).toEqual(Array(4).fill(401));
    await everywhere(async (app) => {
      const { body } = await token(app, client, { grant_type: 'client_credentials' });
      expect(kids).toContain(decodeProtectedHeader(body.access_token ?? '').kid);
      const published = (await (await app.request('/oauth/jwks')).json()) as { keys: { kid: string }[] };
      expect(published.keys.map(({ kid }) => kid).sort()).toEqual([...kids].sort());
    });
  });

  test('wrong passwords and secrets are counted together, wherever they are tried', async () => {
    const { email } = await processes.inside.addMember('READER', 'guessed@example.com');
    const tried = (app: TestApp, password: string) =>
      signedInBrowser(app, { email, password }).then(
        () => 'signed in',
        (error: Error) => (/Too many/i.test(error.message) ? 'locked' : 'refused'),
      );
    const wrong = [];
    for (let index = 0; index < 10; index += 1) wrong.push(await tried(apps[index % 4] as TestApp, `wrong ${index}`));
    expect(wrong).toEqual(Array(10).fill('refused'));
    expect(await everywhere((app) => tried(app, memberPassword))).toEqual(Array(4).fill('locked'));

    const robot = { grantTypes: ['CLIENT_CREDENTIALS'], redirectUris: [], scopes: ['reader'] };
    const { clientId, secret } = await registerOver(browser, robot);
    for (let index = 0; index < 10; index += 1)
      expect(await tokenWith(apps[index % 4] as TestApp, clientId, guessAtSecret(secret))).toBe('401 invalid_client');
    expect(await everywhere((app) => tokenWith(app, clientId, secret))).toEqual(
      Array(4).fill(expect.stringMatching(/^429 /)),
    );
  });

  test('all write one audit log', async () => {
    const names = await everywhere(async (_, index) => {
      const input = { name: `Registered at ${index}`, redirectUris: ['https://a.example/'] };
      return (await succeed(owners[index] as Ask, 'createOAuthClient', input, 'oauthClient { id }')).oauthClient.id;
    });
    const recorded = await processes.db.auditLogEntry.findMany({
      where: { action: 'OAUTH_CLIENT_CREATED', targetId: { in: names } },
    });
    expect(recorded.map(({ targetId }) => targetId).sort()).toEqual([...names].sort());
  });

  test('of many who hand the account on at once one succeeds, and there is one owner', async () => {
    const heirs = await Promise.all(
      Array.from({ length: 8 }, (_, index) => processes.inside.addMember('ADMIN', `heir-${index}@example.com`)),
    );
    const payloads = await Promise.all(
      heirs.map(({ id }, index) => owners[index % 4]?.(transfer, { input: { memberId: id } })),
    );
    const done = payloads.map((answer) => answer?.data?.transferOwnership?.member?.id).filter(Boolean);
    expect(done).toHaveLength(1);
    const after = await processes.db.member.findMany({ where: { role: 'OWNER' }, select: { id: true } });
    expect(after.map(({ id }) => id)).toEqual(done);
  });
});

const transfer =
  'mutation ($input: TransferOwnershipInput!) { transferOwnership(input: $input) { member { id } userErrors { code } } }';
