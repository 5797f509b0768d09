// Callers of the GraphQL API whose credential ends, or whose role is lowered, while their request is under way: waiting for a hash
// or for somebody's server, or with more to do. What they ask is not done, however long they make it wait (decision 6).
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { revokeConsent } from '../../src/consents/connected-apps.js';
import { actorOfMember } from '../../src/members/service.js';
import { machine } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, signedInBrowser } from '../support/graphql.js';
import { obtainTokens, registerClient, type TestClient } from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
let here: TestApp;
/** The process at which the caller is ended. */
let there: TestApp;
let target: TestClient;
let admin: Awaited<ReturnType<TestApp['addMember']>>;
beforeAll(async () => {
  processes = await startProcesses();
  [here, there] = processes.apps;
});
afterAll(() => processes.close());

let accessToken = '';
let count = 0;
beforeEach(async () => {
  count += 1;
  admin = await here.addMember('ADMIN', `admin-${count}@example.com`);
  target = await registerClient(here, machine);
});

const original: Partial<TestApp['deps']> = {};
afterEach(() => Object.assign(here.deps, original));

/** Has something happen elsewhere while a hash is made, or an address fetched. */
function meanwhile(happens: () => Promise<unknown>): void {
  const { hasher, outbound } = here.deps;
  Object.assign(original, { hasher, outbound });
  const hash: typeof hasher.hash = async (...given) => {
    await happens();
    return hasher.hash(...given);
  };
  const get: typeof outbound.get = async () => {
    await happens();
    return { contentType: 'image/png', bytes: onePixel };
  };
  Object.assign(here.deps, { hasher: { ...hasher, hash }, outbound: { ...outbound, get } });
}

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const rename = 'userErrors { message } oauthClient { id }';
const operations: Record<string, () => [string, Record<string, unknown>]> = {
  createOAuthClient: () => [
    `mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) { ${rename} clientSecret } }`,
    { name: 'Left behind', redirectUris: ['https://evil.example.com/cb'] },
  ],
  updateOAuthClient: () => [
    `mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { ${rename} } }`,
    { id: target.id, description: 'Left behind', logoUrl: 'https://evil.example.com/logo.png' },
  ],
  rotateOAuthClientSecret: () => [
    `mutation ($input: RotateOAuthClientSecretInput!) { rotateOAuthClientSecret(input: $input) { ${rename} clientSecret } }`,
    { id: target.id, previousSecretsExpireInSeconds: 600 },
  ],
};

const end = {
  suspended: () => there.db.member.update({ where: { id: admin.id }, data: { status: 'SUSPENDED' } }),
  removed: () => there.db.member.delete({ where: { id: admin.id } }),
  demoted: () => there.db.member.update({ where: { id: admin.id }, data: { role: 'WRITER' } }),
  session: () => there.db.session.updateMany({ where: { memberId: admin.id }, data: { endedAt: there.clock() } }),
  token: () => there.db.apiToken.updateMany({ where: { ownerId: admin.id }, data: { revokedAt: there.clock() } }),
  'client disabled': () =>
    there.db.oAuthClient.updateMany({
      where: { consents: { some: { memberId: admin.id } } },
      data: { disabledAt: there.clock() },
    }),
  async 'access token'() {
    const { jti = '' } = decodeJwt(accessToken);
    await there.db.revokedAccessToken.create({ data: { jti, expiresAt: new Date(there.clock().getTime() + 600_000) } });
  },
  async consent() {
    const { id } = await there.db.consent.findFirstOrThrow({ where: { memberId: admin.id } });
    const actor = actorOfMember(admin, { ipAddress: null, userAgent: null });
    const holder = { accountId: admin.accountId, memberId: admin.id, permissions: [] };
    await revokeConsent(there.deps, actor, holder, id);
  },
};

async function askOf(via: 'session' | 'API token' | 'OAuth token'): Promise<Ask> {
  if (via === 'session') return signedIn(here, admin);
  if (via === 'API token') return bearer(here, (await apiTokenOf(here, 'ADMIN', admin)).token);
  const browser = await signedInBrowser(here, admin);
  const granted = await obtainTokens(
    here,
    await registerClient(here, { scopes: ['admin'] }),
    { scope: 'admin' },
    browser,
  );
  accessToken = granted.accessToken;
  return bearer(here, accessToken);
}

/** All that such a caller could have left behind. */
async function leftBehind() {
  const [clients, changed, secrets] = await Promise.all([
    here.db.oAuthClient.count({ where: { name: 'Left behind' } }),
    here.db.oAuthClient.count({ where: { description: 'Left behind' } }),
    here.db.oAuthClientSecret.count({ where: { clientId: target.id } }),
  ]);
  return { clients, changed, secrets };
}

describe.each([
  ['session', 'session'],
  ['session', 'suspended'],
  ['session', 'demoted'],
  ['API token', 'token'],
  ['API token', 'removed'],
  ['API token', 'demoted'],
  ['OAuth token', 'consent'],
  ['OAuth token', 'demoted'],
  ['OAuth token', 'client disabled'],
  ['OAuth token', 'access token'],
] as const)('with %s, ended meanwhile: %s', (via, how) => {
  // Secrets are nothing that an OAuth token rotates.
  const names = Object.keys(operations).filter((name) => via !== 'OAuth token' || name !== 'rotateOAuthClientSecret');
  test.each(names)('%s changes nothing', async (name) => {
    const ask = await askOf(via);
    const before = await leftBehind();
    const [query, input] = operations[name]?.() ?? ['', {}];
    meanwhile(end[how]);
    const { data, errors } = await ask(query, { input });
    const code = how === 'demoted' ? 'FORBIDDEN' : 'UNAUTHENTICATED';
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(data?.[name]).toBeNull();
    expect(await leftBehind()).toEqual(before);
  });
});

test('of several mutations in one request, none is done after the one that ended its caller', async () => {
  const { token, id } = await apiTokenOf(here, 'ADMIN', admin);
  const { data, errors } = await bearer(here, token)(
    `mutation ($id: ID!) {
      first: revokeOAuthClientTokens(input: { id: "${target.id}" }) { userErrors { message } }
      second: revokeApiToken(input: { id: $id }) { userErrors { message } }
      third: createOAuthClient(input: { name: "Left behind", redirectUris: ["https://a.example/"] }) { clientSecret }
      fourth: disableOAuthClient(input: { id: "${target.id}" }) { userErrors { message } }
    }`,
    { id },
  );
  expect(data).toMatchObject({ first: { userErrors: [] }, second: { userErrors: [] }, third: null, fourth: null });
  expect(errors?.map(({ path, extensions }) => [path?.[0], extensions.code])).toEqual([
    ['third', 'UNAUTHENTICATED'],
    ['fourth', 'UNAUTHENTICATED'],
  ]);
  expect((await leftBehind()).clients).toBe(0);
  expect(await here.db.oAuthClient.count({ where: { id: target.id, disabledAt: null } })).toBe(1);
});

test('whoever ends a caller waits for what it is just storing, and then it is stored', async () => {
  const ask = await askOf('API token');
  let ending: Promise<unknown> = Promise.resolve();
  meanwhile(async () => {
    ending = new Promise((resolve) => setTimeout(resolve, 5)).then(end.token);
  });
  const [query, input] = operations.rotateOAuthClientSecret?.() ?? ['', {}];
  const { data, errors } = await ask(query, { input });
  await ending;
  const { secrets } = await leftBehind();
  // Either came first: what was answered is what was stored.
  expect(secrets).toBe(errors ? 1 : 2);
  expect(data?.rotateOAuthClientSecret === null).toBe(errors !== undefined);
});

test('an app that updates its own client while its tokens are revoked is answered, and not with a fault of ours', async () => {
  const own = await registerClient(here, { scopes: ['admin'] });
  const browser = await signedInBrowser(here, admin);
  const owner = bearer(there, (await apiTokenOf(there, 'ADMIN', there.owner)).token);
  const revoke = `mutation { revokeOAuthClientTokens(input: { id: "${own.id}" }) { userErrors { code } } }`;
  for (let round = 0; round < 12; round += 1) {
    const tokens = await Promise.all([0, 1, 2].map(() => obtainTokens(here, own, { scope: 'admin' }, browser)));
    const update = `mutation { updateOAuthClient(input: { id: "${own.id}", description: "${round}" }) { userErrors { code } } }`;
    const asks = tokens.map(({ accessToken: token }) => bearer(here, token)(update));
    const answers = await Promise.all([
      ...asks,
      new Promise<void>((done) => setTimeout(done, round)).then(() => owner(revoke)),
    ]);
    for (const { errors } of answers)
      for (const { extensions } of errors ?? []) expect(extensions.code).toBe('UNAUTHENTICATED');
  }
}, 60_000);
