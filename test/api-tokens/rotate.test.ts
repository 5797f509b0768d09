// rotateApiToken: a new token of the same name, role and owner at once, while the old one works on for as long as was asked.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Input, send, succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';

let app: TestApp;
let owner: Ask;
let old: { id: string; token: string };
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  // Anew each time: the clock goes on, and a session ends after half a day.
  owner = await signedIn(app, app.owner);
  old = await create({});
});
afterAll(() => app.close());

const fields = 'id name hint role isService owner { id } createdAt expiresAt lastUsedAt';
async function create(input: Input, ask = owner): Promise<{ id: string; token: string }> {
  const given = { name: 'Script', role: 'WRITER', ...input };
  const { apiToken, token } = await succeed(ask, 'createApiToken', given, 'token apiToken { id }');
  return { id: apiToken.id, token };
}
const rotate = (id: string, input: Input = {}, ask = owner) =>
  succeed(ask, 'rotateApiToken', { id, ...input }, `token apiToken { ${fields} }`);
const roleOf = async (token: string) => {
  const { status, data } = await bearer(app, token)('{ viewer { role } }');
  return status === 200 ? data.viewer.role : status;
};
const inSeconds = (seconds: number) => new Date(app.clock().getTime() + seconds * 1000).toISOString();
const endOf = async (id: string) =>
  (await app.db.apiToken.findUniqueOrThrow({ where: { id } })).expiresAt?.toISOString();

describe('the new token', () => {
  test('is shown once, has name, role and owner of the old one, and an id and an end of its own', async () => {
    const answer = await send(owner, 'rotateApiToken', { id: old.id }, `token apiToken { ${fields} }`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, apiToken, userErrors } = answer.data.rotateApiToken;
    expect(userErrors).toEqual([]);
    expect(token).toMatch(/^lkt_[0-9A-Za-z]{49}$/);
    expect(apiToken).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: 'Script',
      hint: token.slice(-4),
      role: 'WRITER',
      isService: false,
      owner: { id: app.owner.id },
      createdAt: inSeconds(0),
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(apiToken.id).not.toBe(old.id);
    expect(await roleOf(token)).toBe('WRITER');
    for (const rows of [await app.db.apiToken.findMany(), await app.db.auditLogEntry.findMany(), app.logLines]) {
      expect(JSON.stringify(rows)).not.toContain(token.slice(4));
    }
  });

  test('expires when it shall, whatever the old one’s end was', async () => {
    old = await create({ expiresAt: inSeconds(600) });
    const forEver = await rotate(old.id);
    expect(forEver.apiToken.expiresAt).toBeNull();
    const { token, apiToken } = await rotate(forEver.apiToken.id, { expiresAt: inSeconds(3600) });
    expect(apiToken.expiresAt).toBe(inSeconds(3600));
    app.clock.advance(3600);
    expect(await roleOf(token)).toBe(401);
  });

  test('can be rotated in its turn', async () => {
    let { id } = old;
    for (let times = 0; times < 3; times += 1) ({ id } = (await rotate(id)).apiToken);
    expect(
      await app.db.apiToken.count({ where: { name: 'Script', revokedAt: null, expiresAt: null } }),
    ).toBeGreaterThan(0);
  });
});

describe('the old token', () => {
  test('works until the overlap ends, beside the new one', async () => {
    const { token } = await rotate(old.id, { previousTokenExpiresInSeconds: 600 });
    for (const each of [old.token, token]) expect(await roleOf(each)).toBe('WRITER');
    app.clock.advance(599);
    expect(await roleOf(old.token)).toBe('WRITER');
    app.clock.advance(1);
    expect(await roleOf(old.token)).toBe(401);
    expect(await roleOf(token)).toBe('WRITER');
  });

  test('works for a day unless something else is asked', async () => {
    await rotate(old.id);
    expect(await endOf(old.id)).toBe(inSeconds(86_400));
  });

  test('ends at once with an overlap of 0, and is nowhere to be seen', async () => {
    const { token } = await rotate(old.id, { previousTokenExpiresInSeconds: 0 });
    expect(await roleOf(old.token)).toBe(401);
    expect(await roleOf(token)).toBe('WRITER');
    const { data } = await owner('query ($id: ID!) { node(id: $id) { id } apiTokens(first: 100) { nodes { id } } }', {
      id: old.id,
    });
    expect(data.node).toBeNull();
    expect(data.apiTokens.nodes.map(({ id }: { id: string }) => id)).not.toContain(old.id);
  });

  test('keeps an end that is sooner, and loses one that is later', async () => {
    const soon = await create({ expiresAt: inSeconds(60) });
    const late = await create({ expiresAt: inSeconds(86_400) });
    for (const { id } of [soon, late]) await rotate(id, { previousTokenExpiresInSeconds: 600 });
    expect([await endOf(soon.id), await endOf(late.id)]).toEqual([inSeconds(60), inSeconds(600)]);
  });
});

describe('a token that rotates itself', () => {
  test('works on for the overlap, and the new one can do the same', async () => {
    const { id, token } = await apiTokenOf(app, 'ADMIN');
    const made = await rotate(id, { previousTokenExpiresInSeconds: 60 }, bearer(app, token));
    expect(await roleOf(token)).toBe('ADMIN');
    const again = await rotate(made.apiToken.id, {}, bearer(app, made.token));
    expect(await roleOf(again.token)).toBe('ADMIN');
    app.clock.advance(60);
    expect(await roleOf(token)).toBe(401);
  });

  test('with an overlap of 0 is dead when the answer arrives', async () => {
    const { id, token } = await apiTokenOf(app, 'ADMIN');
    const made = await rotate(id, { previousTokenExpiresInSeconds: 0 }, bearer(app, token));
    expect(await roleOf(token)).toBe(401);
    expect(await roleOf(made.token)).toBe('ADMIN');
  });
});

describe('a service token', () => {
  test('is rotated by any ADMIN, and stays its owner’s', async () => {
    const service = await create({ isService: true, role: 'ADMIN' });
    const admin = await app.addMember('ADMIN');
    const { token, apiToken } = await rotate(service.id, {}, await signedIn(app, admin));
    expect(apiToken).toMatchObject({ isService: true, role: 'ADMIN', owner: { id: app.owner.id } });
    const { data } = await bearer(app, token)('{ viewer { member { id } role } }');
    expect(data.viewer).toEqual({ member: { id: app.owner.id }, role: 'ADMIN' });
  });
});

test('the audit log says who replaced which token by which, and for how long both work', async () => {
  const { apiToken } = await rotate(old.id, { previousTokenExpiresInSeconds: 600, expiresAt: inSeconds(3600) });
  const [entry, ...others] = await app.db.auditLogEntry.findMany({ where: { targetId: apiToken.id } });
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ action: 'API_TOKEN_ROTATED', actorId: app.owner.id, targetLabel: 'Script' });
  expect(JSON.parse(entry?.changes ?? '')).toEqual([
    { field: 'id', before: old.id, after: apiToken.id },
    { field: 'previousTokenExpiresInSeconds', before: null, after: '600' },
    { field: 'expiresAt', before: null, after: inSeconds(3600) },
  ]);
});
