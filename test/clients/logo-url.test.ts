// A client's logo through GraphQL: fetched once when its address is given, served by us, changed and taken away with it. What is
// taken for a picture is logo.test.ts's.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, signedIn } from '../support/graphql.js';
import { type Input, mutate, succeed } from './mutate.js';

/** The beginning of a PNG, with the path behind it so that each address has another picture. */
const pngAt = (path: string) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(path)]);

const fetched: string[] = [];
const server = createServer((request, response) => {
  const path = request.url ?? '';
  fetched.push(path);
  if (path === '/missing.png') response.statusCode = 404;
  response.end(path === '/logo.svg' ? '<svg xmlns="http://www.w3.org/2000/svg"/>' : pngAt(path));
});

let app: TestApp;
let owner: Ask;
let host: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  app = await createTestApp({ config: { outboundAllow: [new URL(host).host] } });
  owner = await signedIn(app, app.owner);
});
beforeEach(() => {
  fetched.length = 0;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await app.close();
});

const fine = { name: 'App', redirectUris: ['https://app.example.com/callback'] };
const fields = 'oauthClient { id clientId name logoUrl logoImageUrl version }';
const create = async (input: Input) =>
  (await succeed(owner, 'createOAuthClient', { ...fine, ...input }, fields)).oauthClient;
const update = (input: Input) => mutate(owner, 'updateOAuthClient', input, `verificationCleared ${fields}`);
const rows = (id: string) => app.db.oAuthClientLogo.findMany({ where: { clientId: id } });

/** Where we serve the picture that the server has at a path. */
const imageUrl = (id: string, path: string) =>
  `${app.issuer}/logos/${id}/${createHash('sha256').update(pngAt(path)).digest('hex')}`;

const served = async (url: string) => {
  const response = await app.request(url);
  return response.status === 200 ? Buffer.from(await response.arrayBuffer()) : response.status;
};

describe('a logo', () => {
  test('is fetched once when the client is created, kept, and served by us', async () => {
    const client = await create({ logoUrl: `${host}/a.png` });
    expect(client).toMatchObject({ logoUrl: `${host}/a.png`, logoImageUrl: imageUrl(client.id, '/a.png') });
    for (let times = 0; times < 2; times += 1) expect(await served(client.logoImageUrl)).toEqual(pngAt('/a.png'));
    expect(fetched).toEqual(['/a.png']);
    expect(await rows(client.id)).toMatchObject([{ contentType: 'image/png', fetchedAt: app.clock() }]);
  });

  test('is not fetched again by a change of something else, nor by its own address once more', async () => {
    const { id } = await create({ logoUrl: `${host}/a.png` });
    for (const input of [
      { name: 'Else' },
      { logoUrl: `${host}/a.png` },
      { logoUrl: ` ${host}/a.png `, name: 'Again' },
    ]) {
      expect((await update({ id, ...input })).oauthClient.logoImageUrl).toBe(imageUrl(id, '/a.png'));
    }
    expect(fetched).toEqual(['/a.png']);
  });

  test('at another address takes the place of the first, which is served no more', async () => {
    const { id, logoImageUrl } = await create({ logoUrl: `${host}/a.png` });
    const changed = await update({ id, logoUrl: `${host}/b.png` });
    expect(changed).toMatchObject({
      oauthClient: { logoImageUrl: imageUrl(id, '/b.png'), version: 2 },
      userErrors: [],
    });
    expect(await served(logoImageUrl)).toBe(404);
    expect(await served(imageUrl(id, '/b.png'))).toEqual(pngAt('/b.png'));
    expect(fetched).toEqual(['/a.png', '/b.png']);
    expect(await rows(id)).toHaveLength(1);
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { targetId: id, action: 'OAUTH_CLIENT_UPDATED' },
    });
    expect(JSON.parse(entry.changes)).toEqual([{ field: 'logoUrl', before: `${host}/a.png`, after: `${host}/b.png` }]);
  });

  test('is taken away by null, and goes with the client', async () => {
    const { id, logoImageUrl } = await create({ logoUrl: `${host}/a.png` });
    expect((await update({ id, logoUrl: null })).oauthClient).toMatchObject({ logoUrl: null, logoImageUrl: null });
    expect(await served(logoImageUrl)).toBe(404);
    expect(await rows(id)).toEqual([]);
    await update({ id, logoUrl: `${host}/a.png` });
    expect(await served(logoImageUrl)).toEqual(pngAt('/a.png'));
    await succeed(owner, 'deleteOAuthClient', { id });
    expect(await served(logoImageUrl)).toBe(404);
    expect(await rows(id)).toEqual([]);
  });
});

describe('a logo that cannot be had', () => {
  test.each([
    ['is not there', '/missing.png', /could not be fetched.*404/],
    ['is an SVG', '/logo.svg', /SVG.*Use PNG/],
  ])('since it %s, is a fault at logoUrl, and nothing is stored', async (_name, path, message) => {
    const { id } = await create({});
    const counts = async () => [await app.db.oAuthClient.count(), await app.db.auditLogEntry.count()];
    const before = await counts();
    const fault = { code: 'INVALID', path: ['logoUrl'], message: expect.stringMatching(message) };
    const created = await mutate(
      owner,
      'createOAuthClient',
      { ...fine, logoUrl: host + path },
      `clientSecret ${fields}`,
    );
    expect(created).toEqual({ clientSecret: null, oauthClient: null, userErrors: [fault] });
    const changed = await update({ id, name: 'Changed', logoUrl: host + path });
    expect(changed).toMatchObject({ oauthClient: null, userErrors: [fault] });
    expect(await counts()).toEqual(before);
    expect(await app.db.oAuthClient.findUniqueOrThrow({ where: { id } })).toMatchObject({ name: 'App', logoUrl: null });
  });

  test('leaves the logo that was there', async () => {
    const { id, logoImageUrl } = await create({ logoUrl: `${host}/a.png` });
    await update({ id, logoUrl: `${host}/missing.png` });
    expect(await served(logoImageUrl)).toEqual(pngAt('/a.png'));
  });
});

test('nothing is called for an input that is refused anyway, nor for one of an old version', async () => {
  const { id } = await create({});
  const logoUrl = `${host}/a.png`;
  const refused = [
    await mutate(owner, 'createOAuthClient', { ...fine, name: '', logoUrl }),
    await update({ id, scopes: ['root'], logoUrl }),
    await update({ id, version: 7, logoUrl }),
    await update({ id: 'cli_00000000000000000000000000', logoUrl }),
    await mutate(owner, 'createOAuthClient', { ...fine, logoUrl: 'http://127.0.0.1:1/a.png' }),
  ];
  expect(refused.map(({ userErrors }) => userErrors[0]?.code)).toEqual([
    'REQUIRED',
    'INVALID',
    'CONFLICT',
    'NOT_FOUND',
    'INVALID',
  ]);
  expect(fetched).toEqual([]);
});

test.each([
  ['a new one', null, '/b.png'],
  ['another one', '/a.png', '/b.png'],
  ['none any more', '/a.png', null],
])('%s clears an operator’s verification', async (_name, before, after) => {
  const url = (path: string | null) => (path === null ? null : host + path);
  const { id, clientId } = await create({ logoUrl: url(before) });
  await setOAuthClientVerified(app.deps, operatorActor, clientId, true);
  expect(await update({ id, logoUrl: url(before) })).toMatchObject({ verificationCleared: false });
  expect(await update({ id, logoUrl: url(after) })).toMatchObject({ verificationCleared: true });
  expect((await app.db.oAuthClient.findUniqueOrThrow({ where: { id } })).verifiedAt).toBeNull();
});
