// createApiToken: what a token may be, that it is shown once and works, and that it can never do more than its owner.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';

let app: TestApp;
const session: Record<string, Ask> = {};
beforeAll(async () => {
  app = await createTestApp();
  session.OWNER = await signedIn(app, app.owner);
  for (const role of ['ADMIN', 'WRITER', 'READER'] as const)
    session[role] = await signedIn(app, await app.addMember(role));
});
afterAll(() => app.close());

const mutation = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  token
  apiToken { id name hint role isService owner { email } createdAt expiresAt lastUsedAt }
  userErrors { code message path }
} }`;

async function create(input: Record<string, unknown>, ask = session.OWNER as Ask) {
  const { data, errors, headers } = await ask(mutation, { input: { name: 'Script', role: 'READER', ...input } });
  expect(errors).toBeUndefined();
  expect(headers.get('cache-control')).toBe('no-store');
  return data.createApiToken;
}

const roleOf = async (token: string) => (await bearer(app, token)('{ viewer { role } }')).data?.viewer?.role;

describe('a token', () => {
  test('is shown once, kept as a hash, and works', async () => {
    const { token, apiToken, userErrors } = await create({ name: '  Script ', role: 'ADMIN' });
    expect(userErrors).toEqual([]);
    expect(token).toMatch(/^lkt_[0-9A-Za-z]{49}$/);
    expect(apiToken).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: 'Script',
      hint: token.slice(-4),
      role: 'ADMIN',
      isService: false,
      owner: { email: app.owner.email },
      createdAt: app.deps.clock().toISOString(),
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(await roleOf(token)).toBe('ADMIN');
    expect(JSON.stringify(await app.db.apiToken.findMany())).not.toContain(token.slice(4));
    expect(JSON.stringify(await app.db.auditLogEntry.findMany())).not.toContain(token.slice(4));
    expect(app.logLines.join('\n')).not.toContain(token.slice(4));
  });

  test('says when it was last used', async () => {
    const { token, apiToken } = await create({});
    app.clock.advance(60);
    await roleOf(token);
    await app.deps.lastUsed.flush();
    const { data } = await bearer(app, token)('query ($id: ID!) { node(id: $id) { ... on ApiToken { lastUsedAt } } }', {
      id: apiToken.id,
    });
    expect(data.node.lastUsedAt).toBe(app.deps.clock().toISOString());
  });

  test('stops working when it expires, to the second', async () => {
    const expiresAt = new Date(app.deps.clock().getTime() + 3600_000);
    const { token, apiToken } = await create({ expiresAt: expiresAt.toISOString().replace('.000Z', '+00:00') });
    expect(apiToken.expiresAt).toBe(expiresAt.toISOString());
    app.clock.advance(3599);
    expect(await roleOf(token)).toBe('READER');
    app.clock.advance(1);
    expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(401);
  });

  test('with one character changed is none', async () => {
    const { token } = await create({});
    for (const index of [4, 20, token.length - 1]) {
      const changed = token.slice(0, index) + (token[index] === 'a' ? 'b' : 'a') + token.slice(index + 1);
      expect((await bearer(app, changed)('{ viewer { role } }')).status).toBe(401);
    }
  });
});

describe('the role of a token', () => {
  const order = ['READER', 'WRITER', 'ADMIN'];
  test.each(['READER', 'WRITER', 'ADMIN', 'OWNER'])('is at most that of its creator, here %s', async (role) => {
    for (const wanted of order) {
      const { token, userErrors } = await create({ role: wanted }, session[role]);
      if (role === 'OWNER' || order.indexOf(wanted) <= order.indexOf(role)) {
        expect(await roleOf(token)).toBe(wanted);
      } else {
        expect(token).toBeNull();
        expect(userErrors).toMatchObject([{ code: 'NOT_ALLOWED', path: ['role'] }]);
        expect(userErrors[0].message).toContain(role);
      }
    }
  });

  test('is never OWNER, not even for the owner', async () => {
    const { token, userErrors } = await create({ role: 'OWNER' });
    expect(token).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['role'] }]);
  });

  test('falls with the role of its owner, and rises with it again', async () => {
    const person = await app.addMember('ADMIN', 'fickle@example.com');
    const { token } = await create({ role: 'ADMIN' }, await signedIn(app, person));
    for (const role of ['READER', 'WRITER', 'ADMIN'] as const) {
      await app.db.member.update({ where: { id: person.id }, data: { role } });
      expect(await roleOf(token)).toBe(role);
    }
  });

  test('of a token that makes another is capped by the maker’s token, not by its owner', async () => {
    const { token } = await apiTokenOf(app, 'ADMIN');
    const made = await create({ role: 'ADMIN' }, bearer(app, token));
    expect(made.userErrors).toEqual([]);
    expect(made.apiToken.owner.email).toBe(app.owner.email);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { targetId: made.apiToken.id } });
    expect(entry).toMatchObject({
      action: 'API_TOKEN_CREATED',
      actorKind: 'API_TOKEN',
      actorLabel: `ADMIN of ${app.owner.email}`,
    });
  });
});

test('a token dies with the suspension of its owner', async () => {
  const person = await app.addMember('READER', 'suspended@example.com');
  const { token } = await create({}, await signedIn(app, person));
  await app.db.member.update({ where: { id: person.id }, data: { status: 'SUSPENDED' } });
  expect((await bearer(app, token)('{ viewer { role } }')).status).toBe(401);
});

test.each([
  ['OWNER', true],
  ['ADMIN', true],
  ['WRITER', false],
  ['READER', false],
])('a service token can be made by %s: %s', async (role, may) => {
  const { apiToken, userErrors } = await create({ isService: true }, session[role]);
  if (may) expect(apiToken).toMatchObject({ isService: true });
  else expect(userErrors).toMatchObject([{ code: 'NOT_ALLOWED', path: ['isService'] }]);
});

test('all faults come at once, and nothing is stored', async () => {
  const before = await app.db.apiToken.count();
  const { token, apiToken, userErrors } = await create(
    { name: ' ', role: 'ADMIN', isService: true, expiresAt: app.deps.clock().toISOString() },
    session.READER,
  );
  expect({ token, apiToken }).toEqual({ token: null, apiToken: null });
  expect(userErrors.map((error: { code: string; path: string[] }) => [error.code, ...error.path])).toEqual([
    ['REQUIRED', 'name'],
    ['NOT_ALLOWED', 'role'],
    ['NOT_ALLOWED', 'isService'],
    ['INVALID', 'expiresAt'],
  ]);
  expect(await app.db.apiToken.count()).toBe(before);
});

test.each([
  ['expiresAt', '9999-12-31T23:59:59Z', 'INVALID'],
  ['expiresAt', '2026-06-01T11:59:59Z', 'INVALID'],
  ['name', 'x'.repeat(101), 'TOO_LONG'],
  ['name', 'a\u0007b', 'INVALID'],
])('a %s that cannot be used is refused: %s', async (field, value, code) => {
  expect((await create({ [field]: value })).userErrors).toMatchObject([{ code, path: [field] }]);
});

test.each([
  { ownerId: 'mem_00000000000000000000000000' },
  { accountId: 'x' },
  { token: 'lkt_chosen' },
  { expiresAt: 'tomorrow' },
  { expiresAt: '2026-13-01T00:00:00Z' },
  { role: 'ROOT' },
])('the schema refuses %j', async (more) => {
  const { status, errors } = await (session.OWNER as Ask)(mutation, { input: { name: 'x', role: 'READER', ...more } });
  expect(status).toBe(400);
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
