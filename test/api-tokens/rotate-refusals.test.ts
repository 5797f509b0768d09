// rotateApiToken when it is refused: whose token it is, what it is, and what was asked; nothing is stored then.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Input, mutate, send, succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
let admin: Awaited<ReturnType<TestApp['addMember']>>;
let reader: Awaited<ReturnType<TestApp['addMember']>>;
let own: { id: string; token: string };
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  admin = await app.addMember('ADMIN');
  reader = await app.addMember('READER');
});
beforeEach(async () => {
  own = await apiTokenOf(app, 'ADMIN');
});
afterAll(() => app.close());

const stored = async () => ({
  tokens: await app.db.apiToken.findMany({ orderBy: { id: 'asc' }, omit: { lastUsedAt: true } }),
  rotations: await app.db.auditLogEntry.count({ where: { action: 'API_TOKEN_ROTATED' } }),
});

async function faultsOf(ask: Ask, id: string, input: Input = {}) {
  const before = await stored();
  const { token, apiToken, userErrors } = await mutate(
    ask,
    'rotateApiToken',
    { id, ...input },
    'token apiToken { id }',
  );
  expect({ token, apiToken }).toEqual({ token: null, apiToken: null });
  expect(await stored()).toEqual(before);
  return userErrors as { code: string; path: string[]; message: string }[];
}

async function expectForbidden(ask: Ask, id: string) {
  const before = await stored();
  const { data, errors } = await send(ask, 'rotateApiToken', { id });
  expect(data).toEqual({ rotateApiToken: null });
  expect(errors).toMatchObject([{ path: ['rotateApiToken'], extensions: { code: 'FORBIDDEN' } }]);
  expect(await stored()).toEqual(before);
}

describe('what was asked', () => {
  test.each([
    ['previousTokenExpiresInSeconds', -1],
    ['previousTokenExpiresInSeconds', 90 * 86_400 + 1],
    ['expiresAt', '2026-06-01T11:59:59.999Z'],
    ['expiresAt', '2026-06-01T12:00:00.000Z'],
    ['expiresAt', '9999-12-31T23:59:59Z'],
  ])('%s of %j is refused', async (field, value) => {
    expect(await faultsOf(owner, own.id, { [field]: value })).toMatchObject([{ code: 'INVALID', path: [field] }]);
  });

  test('is refused with all that is wrong at once', async () => {
    const { id } = await apiTokenOf(app, 'READER', reader);
    const wrong = { previousTokenExpiresInSeconds: -1, expiresAt: '2026-01-01T00:00:00Z' };
    expect((await faultsOf(owner, id, wrong)).map(({ code, path }) => [code, ...path])).toEqual([
      ['INVALID', 'expiresAt'],
      ['INVALID', 'previousTokenExpiresInSeconds'],
      ['NOT_ALLOWED', 'id'],
    ]);
  });

  test('can go to the very ends', async () => {
    for (const input of [{ previousTokenExpiresInSeconds: 90 * 86_400 }, { expiresAt: '9999-12-30T00:00:00Z' }]) {
      await succeed(owner, 'rotateApiToken', { id: (await apiTokenOf(app, 'ADMIN')).id, ...input });
    }
  });
});

describe('a token', () => {
  test.each(['', '\u0000', 'nonsense', 'tok_00000000000000000000000000', "' OR 1=1 --"])(
    'that %j names is not found',
    async (id) => {
      expect(await faultsOf(owner, id)).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }]);
    },
  );

  test('that was revoked, or is of another account, is not found either, in the same words', async () => {
    const other = await app.addAccount();
    const foreign = await apiTokenOf(app, 'ADMIN', other.owner);
    await succeed(owner, 'revokeApiToken', { id: own.id });
    const unknown = await faultsOf(owner, 'tok_00000000000000000000000000');
    for (const { id } of [foreign, own]) expect(await faultsOf(owner, id)).toEqual(unknown);
  });

  test('that has expired says so', async () => {
    await app.db.apiToken.update({ where: { id: own.id }, data: { expiresAt: app.clock() } });
    const [fault, ...others] = await faultsOf(owner, own.id);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code: 'NOT_ALLOWED', path: ['id'] });
    expect(fault?.message).toContain('expired');
  });
});

describe('somebody else’s', () => {
  test('personal token is nobody’s to rotate, not even the OWNER’s: whoever held it would act as that person', async () => {
    const { id, token } = await apiTokenOf(app, 'READER', reader);
    for (const ask of [owner, await signedIn(app, admin), bearer(app, own.token)]) {
      const [fault, ...others] = await faultsOf(ask, id);
      expect(others).toEqual([]);
      expect(fault).toMatchObject({ code: 'NOT_ALLOWED', path: ['id'] });
      expect(fault?.message).toMatch(/owner.*revoke/);
    }
    expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(200);
  });

  test('token of any kind is not even found by those who may not see it', async () => {
    const service = await succeed(
      owner,
      'createApiToken',
      { name: 'Service', role: 'READER', isService: true },
      'apiToken { id }',
    );
    const asReader = await signedIn(app, reader);
    for (const id of [own.id, service.apiToken.id]) {
      expect(await faultsOf(asReader, id)).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }]);
    }
  });
});

describe('a member who was demoted since', () => {
  test('cannot renew a token of the role that they had, but one within their role', async () => {
    const person = await app.addMember('ADMIN', 'demoted@example.com');
    const session = await signedIn(app, person);
    const high = await apiTokenOf(app, 'ADMIN', person);
    const low = await apiTokenOf(app, 'READER', person);
    await app.db.member.update({ where: { id: person.id }, data: { role: 'READER' } });
    const [fault, ...others] = await faultsOf(session, high.id);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ code: 'NOT_ALLOWED', path: ['id'] });
    expect(fault?.message).toMatch(/ADMIN.*READER/);
    await succeed(session, 'rotateApiToken', { id: low.id });
    // With the token itself they are no manager of credentials any more.
    await expectForbidden(bearer(app, high.token), low.id);
  });

  test('no longer rotates a service token of the account', async () => {
    const person = await app.addMember('ADMIN', 'demoted-too@example.com');
    const session = await signedIn(app, person);
    const { apiToken } = await succeed(
      owner,
      'createApiToken',
      { name: 'Service', role: 'READER', isService: true },
      'apiToken { id }',
    );
    await succeed(session, 'rotateApiToken', { id: apiToken.id });
    await app.db.member.update({ where: { id: person.id }, data: { role: 'WRITER' } });
    expect(await faultsOf(session, apiToken.id)).toMatchObject([{ code: 'NOT_FOUND', path: ['id'] }]);
  });
});

test('neither an OAuth token nor an API token below ADMIN rotates anything, not even itself', async () => {
  const client = await registerClient(app);
  await expectForbidden(await throughClient(app, client, 'admin'), own.id);
  for (const role of ['READER', 'WRITER'] as const) {
    const { id, token } = await apiTokenOf(app, role);
    await expectForbidden(bearer(app, token), id);
  }
});
