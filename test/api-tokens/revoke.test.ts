// revokeApiToken: one's own, or any of the account's for those who see them all; it fails at its very next use.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';

let app: TestApp;
let owner: Ask;
let admin: Awaited<ReturnType<TestApp['addMember']>>;
let reader: Awaited<ReturnType<TestApp['addMember']>>;
let writer: Awaited<ReturnType<TestApp['addMember']>>;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
  admin = await app.addMember('ADMIN');
  writer = await app.addMember('WRITER');
  reader = await app.addMember('READER');
});
afterAll(() => app.close());

const revoke = (ask: Ask, id: string) =>
  ask(
    `mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) {
      revokedApiTokenId userErrors { code message path }
    } }`,
    { input: { id } },
  );

const works = async (token: string) => (await bearer(app, token)('{ viewer { role } }')).status === 200;

const done = (id: string) => ({ revokeApiToken: { revokedApiTokenId: id, userErrors: [] } });
const notFound = { revokeApiToken: { revokedApiTokenId: null, userErrors: [{ code: 'NOT_FOUND', path: ['id'] }] } };

test('a member revokes their own, which fails from then on and is nowhere to be seen', async () => {
  const asReader = await signedIn(app, reader);
  const { id, token } = await apiTokenOf(app, 'READER', reader);
  const node = 'query ($id: ID!) { node(id: $id) { id } }';
  expect((await asReader(node, { id })).data.node).toEqual({ id });
  expect(await works(token)).toBe(true);
  expect((await revoke(asReader, id)).data).toEqual(done(id));
  expect(await works(token)).toBe(false);
  expect((await asReader(node, { id })).data.node).toBeNull();
  expect((await revoke(asReader, id)).data).toMatchObject(notFound);
});

test('a colleague’s is not there for a READER or WRITER', async () => {
  const { id, token } = await apiTokenOf(app, 'READER', reader);
  const own = await apiTokenOf(app, 'READER');
  const asWriter = await signedIn(app, writer);
  expect((await revoke(asWriter, id)).data).toMatchObject(notFound);
  expect((await revoke(await signedIn(app, reader), own.id)).data).toMatchObject(notFound);
  expect(await works(token)).toBe(true);
  expect(await works(own.token)).toBe(true);
});

test('an ADMIN and the OWNER revoke anybody’s', async () => {
  for (const ask of [await signedIn(app, admin), owner, bearer(app, (await apiTokenOf(app, 'ADMIN')).token)]) {
    for (const person of [reader, app.owner]) {
      const { id, token } = await apiTokenOf(app, 'READER', person);
      expect((await revoke(ask, id)).data).toEqual(done(id));
      expect(await works(token)).toBe(false);
    }
  }
});

test('a token of role ADMIN can end itself', async () => {
  const { id, token } = await apiTokenOf(app, 'ADMIN');
  expect((await revoke(bearer(app, token), id)).data).toEqual(done(id));
  expect(await works(token)).toBe(false);
});

test('a demoted member can still end an own token of a higher role', async () => {
  const person = await app.addMember('ADMIN', 'demoted@example.com');
  const ask = await signedIn(app, person);
  const { id, token } = await apiTokenOf(app, 'ADMIN', person);
  await app.db.member.update({ where: { id: person.id }, data: { role: 'READER' } });
  expect((await revoke(ask, id)).data).toEqual(done(id));
  expect(await works(token)).toBe(false);
});

test.each(['', '\u0000', 'nonsense', 'tok_00000000000000000000000000', "' OR 1=1 --"])(
  '%j is not found',
  async (id) => {
    const before = await app.db.apiToken.count({ where: { revokedAt: null } });
    expect((await revoke(owner, id)).data).toMatchObject(notFound);
    expect(await app.db.apiToken.count({ where: { revokedAt: null } })).toBe(before);
  },
);

test('another account’s is not found, whoever asks', async () => {
  const other = await app.addAccount();
  const { id, token } = await apiTokenOf(app, 'ADMIN', other.owner);
  expect((await revoke(owner, id)).data).toMatchObject(notFound);
  expect(await works(token)).toBe(true);
});

test('of many who revoke at once one does it, and the log has it once', async () => {
  const { id } = await apiTokenOf(app, 'READER');
  const answers = await Promise.all(Array.from({ length: 6 }, () => revoke(owner, id)));
  expect(answers.filter(({ data }) => data.revokeApiToken.revokedApiTokenId === id)).toHaveLength(1);
  expect(await app.db.auditLogEntry.count({ where: { targetId: id, action: 'API_TOKEN_REVOKED' } })).toBe(1);
});
