// Where rotateOAuthClientSecret ends: five living secrets, bounds of time, clients without a secret, and callers who may not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { type Input, machine, mutate, send, succeed, tokenWith } from './mutate.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
beforeEach(async () => {
  client = await registerClient(app, machine);
});
afterAll(() => app.close());

const rotate = (input: Input = {}) =>
  mutate(owner, 'rotateOAuthClientSecret', { id: client.id, ...input }, 'clientSecret secret { id }');

/** Everything that a rotation writes, to see that nothing was; not the last uses, which are written now and then. */
async function stored(id = client.id) {
  const secrets = { where: { clientId: id }, orderBy: { id: 'asc' }, omit: { lastUsedAt: true } } as const;
  const unused = { lastUsedAt: true, lastUsedSortKey: true } as const;
  return {
    secrets: await app.db.oAuthClientSecret.findMany(secrets),
    client: await app.db.oAuthClient.findUnique({ where: { id }, omit: unused }),
    entries: await app.db.auditLogEntry.count(),
    keys: await app.db.idempotencyRecord.count(),
  };
}

async function expectFault(input: Input, code: string, path: readonly string[]) {
  const before = await stored();
  const payload = await rotate(input);
  expect(payload).toEqual({
    clientSecret: null,
    secret: null,
    userErrors: [{ code, path, message: expect.stringMatching(/\w/) }],
  });
  expect(await stored()).toEqual(before);
  return payload.userErrors[0].message as string;
}

describe('five living secrets are the most', () => {
  test('a sixth is refused, and nothing is stored: the old ones keep their ends', async () => {
    for (let count = 1; count < 5; count += 1) expect((await rotate()).userErrors).toEqual([]);
    const message = await expectFault(
      { previousSecretsExpireInSeconds: 60, idempotencyKey: 'sixth' },
      'LIMIT_EXCEEDED',
      ['id'],
    );
    expect(message).toMatch(/5 living secrets.*Revoke one.*previousSecretsExpireInSeconds: 0/);
    expect(await tokenWith(app, client.clientId, client.secret)).toBe('token');
  });

  test('what has expired or was revoked does not count', async () => {
    await rotate({ previousSecretsExpireInSeconds: 60 });
    const { secret } = await rotate();
    for (let count = 3; count < 5; count += 1) await rotate();
    await expectFault({}, 'LIMIT_EXCEEDED', ['id']);
    await succeed(owner, 'revokeOAuthClientSecret', { secretId: secret.id });
    expect((await rotate()).userErrors).toEqual([]);
    await expectFault({}, 'LIMIT_EXCEEDED', ['id']);
    // The very first ends now.
    app.clock.advance(60);
    expect((await rotate()).userErrors).toEqual([]);
  });

  test('an overlap of 0 leaves one, however many there were', async () => {
    for (let count = 1; count < 5; count += 1) await rotate();
    expect((await rotate({ previousSecretsExpireInSeconds: 0 })).userErrors).toEqual([]);
    expect(await app.db.oAuthClientSecret.count({ where: { clientId: client.id, revokedAt: null } })).toBe(1);
  });
});

describe('bounds of time', () => {
  test.each([
    ['previousSecretsExpireInSeconds', -1],
    ['previousSecretsExpireInSeconds', 90 * 86_400 + 1],
    ['expiresInSeconds', -1],
    ['expiresInSeconds', 0],
    ['expiresInSeconds', 59],
    ['expiresInSeconds', 3650 * 86_400 + 1],
  ])('%s of %i is refused', async (field, seconds) => {
    expect(await expectFault({ [field]: seconds }, 'INVALID', [field])).toContain(field);
  });

  test.each([
    { previousSecretsExpireInSeconds: 1 },
    { previousSecretsExpireInSeconds: 90 * 86_400 },
    { expiresInSeconds: 60 },
    { expiresInSeconds: 3650 * 86_400 },
    { expiresInSeconds: null },
  ])('%j is fine', async (input) => {
    expect((await rotate(input)).userErrors).toEqual([]);
  });

  test('a number that is no 32-bit integer, or null for the overlap, is refused by the schema', async () => {
    for (const input of [
      { previousSecretsExpireInSeconds: 2 ** 31 },
      { previousSecretsExpireInSeconds: 0.5 },
      { previousSecretsExpireInSeconds: null },
      { expiresInSeconds: '60' },
    ]) {
      const { status, errors } = await send(owner, 'rotateOAuthClientSecret', { id: client.id, ...input });
      expect(status).toBe(400);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('a client that uses no secret', () => {
  const jwksUri = 'https://keys.example.com/jwks';
  test.each([
    ['PUBLIC', { type: 'PUBLIC' }, 'NONE'],
    ['NATIVE', { type: 'NATIVE' }, 'NONE'],
    ['PRIVATE_KEY_JWT', { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwksUri }, 'PRIVATE_KEY_JWT'],
  ] as const)('%s gets none, and is told why with all that is wrong', async (_name, given, method) => {
    client = await registerClient(app, given);
    expect(await expectFault({}, 'NOT_ALLOWED', ['id'])).toContain(method);
    const { userErrors } = await rotate({ previousSecretsExpireInSeconds: -1, expiresInSeconds: 1 });
    expect(userErrors.map(({ path }: { path: string[] }) => path)).toEqual([
      ['previousSecretsExpireInSeconds'],
      ['expiresInSeconds'],
      ['id'],
    ]);
  });

  test('gets one once its method is changed', async () => {
    client = await registerClient(app, { ...machine, tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwksUri });
    const method = { tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC', jwksUri: null };
    await succeed(owner, 'updateOAuthClient', { id: client.id, ...method });
    const { clientSecret } = await rotate();
    expect(await tokenWith(app, client.clientId, clientSecret)).toBe('token');
  });
});

test('a client of another account is not found, just as one that is not there', async () => {
  const other = await app.addAccount();
  const theirs = await signedIn(app, other.owner);
  const before = await stored();
  const nobody = { id: 'cli_00000000000000000000000000', clientId: '0'.repeat(32) };
  for (const name of ['id', 'clientId'] as const) {
    const foreign = await mutate(theirs, 'rotateOAuthClientSecret', { [name]: client[name] });
    expect(foreign.userErrors).toEqual([
      { code: 'NOT_FOUND', path: [name], message: 'There is no such OAuth client in this account.' },
    ]);
    expect(await mutate(theirs, 'rotateOAuthClientSecret', { [name]: nobody[name] })).toEqual(foreign);
  }
  expect(await stored()).toEqual(before);
  expect((await mutate(owner, 'rotateOAuthClientSecret', {})).userErrors).toMatchObject([{ code: 'REQUIRED' }]);
});

test('nobody but OWNER and ADMIN rotates or revokes a secret, and never an OAuth token, not even for its own client', async () => {
  const web = await registerClient(app);
  const { id: secretId } = await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: web.id } });
  const refused: Record<string, Ask> = {
    'OAuth token': await throughClient(app, web, 'openid admin'),
    'API token of role WRITER': bearer(app, (await apiTokenOf(app, 'WRITER')).token),
    'session of a READER': await signedIn(app, await app.addMember('READER')),
  };
  const before = await stored(web.id);
  for (const [name, ask] of Object.entries(refused)) {
    for (const answer of [
      await send(ask, 'rotateOAuthClientSecret', { id: web.id }),
      await send(ask, 'revokeOAuthClientSecret', { secretId }),
    ]) {
      expect(Object.values(answer.data), name).toEqual([null]);
      expect(answer.errors, name).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
  }
  const after = await stored(web.id);
  expect({ ...after, entries: 0 }).toEqual({ ...before, entries: 0 });
});
