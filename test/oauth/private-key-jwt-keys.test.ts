// Where the keys that check assertions come from, as clients meet it: registered with them, or fetched from their own address.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  claimsFor,
  createKeyServer,
  keySet,
  makeKey,
  present,
  registerSigningClient,
  sign,
  type TestKey,
} from '../support/assertions.js';
import type { TestClient } from '../support/oauth.js';

const server = createKeyServer();
let app: TestApp;
let key: TestKey;
let next: TestKey;
beforeAll(async () => {
  app = await createTestApp();
  Object.assign(app.deps, { outbound: server.outbound });
  [key, next] = await Promise.all([makeKey('ES256', 'first'), makeKey('RS256', 'next')]);
});
afterAll(() => app.close());

let uri: string;
let client: TestClient;
let served = 0;
beforeEach(async () => {
  served += 1;
  uri = `https://keys-${served}.example.com/jwks`;
  server.answers.set(uri, keySet(key));
  server.calls.length = 0;
  client = await registerSigningClient(app, { jwksUri: uri });
});

const use = async (by: TestKey, header = {}) =>
  (await present(app, await sign(by, claimsFor(app, client), header))).status;

test('keys are fetched once and kept for ten minutes', async () => {
  expect([await use(key), await use(key)]).toEqual([200, 200]);
  expect(server.calls).toEqual([uri]);
  app.clock.advance(599);
  expect(await use(key)).toBe(200);
  expect(server.calls).toHaveLength(1);
  app.clock.advance(1);
  expect(await use(key)).toBe(200);
  expect(server.calls).toHaveLength(2);
});

test('a new kid is fetched at once, and the key that is gone is refused (OpenID Connect Core 10.1.1)', async () => {
  expect(await use(key)).toBe(200);
  server.answers.set(uri, keySet(next));
  expect(await use(next)).toBe(200);
  expect(await use(key)).toBe(401);
  expect(server.calls).toHaveLength(2);
});

test.each<[string, (uri: string) => { jwks?: string | null; jwksUri: string | null }]>([
  ['another address of keys', (old) => ({ jwksUri: `${old}/new` })],
  ['keys of its own', () => ({ jwksUri: null, jwks: keySet(next) })],
])('a client that is given %s while the old ones are fetched takes none of the old', async (_what, given) => {
  const { outbound } = app.deps;
  const get: typeof outbound.get = async (...parameters) => {
    await app.db.oAuthClient.update({ where: { id: client.id }, data: { ...given(uri), tokenEpoch: 1 } });
    return outbound.get(...parameters);
  };
  Object.assign(app.deps, { outbound: { ...outbound, get } });
  expect(await use(key).finally(() => Object.assign(app.deps, { outbound }))).toBe(401);
});

test('invented kids make one call a minute, and the right key works all the while', async () => {
  expect(await use(key)).toBe(200);
  for (let round = 0; round < 10; round += 1) expect(await use(key, { kid: `invented ${round}` })).toBe(401);
  expect(await use(key)).toBe(200);
  expect(server.calls).toHaveLength(2);
  app.clock.advance(60);
  for (let round = 0; round < 10; round += 1) expect(await use(key, { kid: `invented ${round}` })).toBe(401);
  expect(server.calls).toHaveLength(3);
});

test('a server that cannot be reached is refused like a wrong key, named in our log, and left alone for ten seconds', async () => {
  server.answers.delete(uri);
  const answer = await present(app, await sign(key, claimsFor(app, client)));
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  expect(answer.body.error_description).not.toContain(uri);
  expect(app.logLines.join('')).toContain(`${uri} cannot be reached`);
  server.answers.set(uri, keySet(key));
  expect(await use(key)).toBe(401);
  expect(server.calls).toHaveLength(1);
  app.clock.advance(10);
  expect(await use(key)).toBe(200);
});

test.each([
  ['a page', '<html></html>'],
  ['no set', '[]'],
  ['a lone key', JSON.stringify({ kty: 'EC' })],
  ['an empty set', '{"keys":[]}'],
])('%s in place of a key set is refused', async (_, text) => {
  server.answers.set(uri, text);
  expect(await use(key)).toBe(401);
});

test('private and symmetric keys of a fetched set count for nothing', async () => {
  server.answers.set(uri, keySet(key.privateJwk, { kty: 'oct', k: 'AAAA', kid: 'first' }));
  expect(await use(key)).toBe(401);
});

test('a client with a registered set calls nobody, and a changed set counts at once', async () => {
  client = await registerSigningClient(app, { jwks: keySet(key) });
  expect(await use(key)).toBe(200);
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { jwks: keySet(next) } });
  expect([await use(key), await use(next)]).toEqual([401, 200]);
  expect(server.calls).toEqual([]);
});

test('another address counts at once', async () => {
  expect(await use(key)).toBe(200);
  const jwksUri = `${uri}/new`;
  server.answers.set(jwksUri, keySet(next));
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { jwksUri } });
  expect([await use(key), await use(next)]).toEqual([401, 200]);
});

test('without a kid every key of the right kind is tried', async () => {
  const others = await Promise.all(['a', 'b', 'c'].map((kid) => makeKey('ES256', kid)));
  server.answers.set(uri, keySet(...others, key));
  expect(await use(key, { kid: undefined })).toBe(200);
  expect(await use(await makeKey('ES256', 'd'), { kid: undefined })).toBe(401);
});
