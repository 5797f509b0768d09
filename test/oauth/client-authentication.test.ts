// How clients authenticate at the token endpoint: the registered method and no other, and refusals that tell nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { countHashes, registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let basic: TestClient;
let post: TestClient;
let publicClient: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  const robot = { grantTypes: ['client_credentials', 'authorization_code'] as const, scopes: ['reader'] };
  basic = await registerClient(app, robot);
  post = await registerClient(app, { ...robot, tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' });
  publicClient = await registerClient(app, { type: 'PUBLIC' });
});
afterAll(() => app.close());

const grant = { grant_type: 'client_credentials' };

/** A token request with this very header and form. */
async function send(form: Record<string, string>, authorization?: string, path = '/oauth/token') {
  const response = await app.request(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: new URLSearchParams(form).toString(),
  });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, headers: response.headers, body };
}

const basicOf = (client: TestClient, secret = client.secret) => formatBasicCredentials(client.clientId, secret);
const encoded = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;
const inBody = (client: TestClient, secret = client.secret) => ({
  ...grant,
  client_id: client.clientId,
  client_secret: secret,
});

test('client_secret_basic and client_secret_post work where they are registered (OAuth 2.1 2.4.1)', async () => {
  expect((await send(grant, basicOf(basic))).status).toBe(200);
  expect((await send({ ...grant, client_id: basic.clientId }, basicOf(basic))).status).toBe(200);
  expect((await send(inBody(post))).status).toBe(200);
});

test('Basic credentials are form-decoded (RFC 6749 2.3.1)', async () => {
  const percent = (text: string) =>
    [...text].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
  expect((await send(grant, encoded(`${percent(basic.clientId)}:${percent(basic.secret)}`))).status).toBe(200);
  expect((await send(grant, `bAsIc ${basicOf(basic).slice(6)}`)).status).toBe(200);
});

test.each<[string, () => [Record<string, string>, string?]]>([
  ['client_secret_post by a client of client_secret_basic', () => [inBody(basic)]],
  ['client_secret_basic by a client of client_secret_post', () => [grant, basicOf(post)]],
  ['no secret by a client that has one (CVE-2026-44476)', () => [{ ...grant, client_id: basic.clientId }]],
  ['an empty secret in the body (CVE-2026-44476)', () => [inBody(post, '')]],
  ['an empty secret in the header', () => [grant, basicOf(basic, '')]],
  ["another client's secret", () => [grant, basicOf(basic, post.secret)]],
  ['a secret sent by a public client', () => [{ ...inBody(publicClient, basic.secret) }]],
  ['a secret sent by a public client in the header', () => [grant, basicOf(publicClient, basic.secret)]],
  ['an empty secret sent by a public client in the header', () => [grant, basicOf(publicClient, '')]],
  ['the hint of the secret', () => [grant, basicOf(basic, basic.secret.slice(-4))]],
  ['a shortened secret (CVE-2026-27840)', () => [grant, basicOf(basic, basic.secret.slice(0, -1))]],
  ['a lengthened secret', () => [grant, basicOf(basic, `${basic.secret}A`)]],
  ['a secret followed by a space', () => [grant, basicOf(basic, `${basic.secret} `)]],
  ["the row's id as client_id", () => [grant, formatBasicCredentials(basic.id, basic.secret)]],
  ['an assertion of another type', () => [{ ...grant, client_id: post.clientId, client_assertion_type: 'urn:x' }]],
  ['no client at all', () => [grant]],
])('refuses %s', async (_, request) => {
  const { status, body, headers } = await send(...request());
  expect([status, body.error]).toEqual([401, 'invalid_client']);
  expect(body.access_token).toBeUndefined();
  expect(headers.get('cache-control')).toBe('no-store');
});

test('refuses two methods in one request (OAuth 2.1 2.4)', async () => {
  for (const secret of [basic.secret, 'anything']) {
    const { status, body } = await send({ ...grant, client_secret: secret }, basicOf(basic));
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  }
});

test('refuses an assertion beside a right secret, however little of one it is (CVE-2026-16093)', async () => {
  for (const more of [{ client_assertion: 'a.b.c' }, { client_assertion_type: 'urn:x' }]) {
    for (const answer of [
      await send({ ...inBody(post), ...more }),
      await send({ ...grant, ...more }, basicOf(basic)),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
      expect(answer.body.access_token).toBeUndefined();
    }
  }
});

test('refuses a client_id in the body that is not the one of the header', async () => {
  const { status, body } = await send({ ...grant, client_id: post.clientId }, basicOf(basic));
  expect([status, body.error]).toEqual([400, 'invalid_request']);
});

test('credentials in the query are not looked at (OAuth 2.1 2.4.1)', async () => {
  const query = new URLSearchParams(inBody(post)).toString();
  const { status, body } = await send(grant, undefined, `/oauth/token?${query}`);
  expect([status, body.error]).toEqual([401, 'invalid_client']);
});

test('unknown client and wrong secret are alike in status, body and headers (RFC 6749 5.2, CVE-2024-41952)', async () => {
  const shape = async (form: Record<string, string>, authorization?: string) => {
    const { status, body, headers } = await send(form, authorization);
    const { 'x-request-id': _, ...rest } = Object.fromEntries(headers);
    return { status, body, headers: rest };
  };
  const inHeader = await shape(grant, basicOf({ ...basic, clientId: 'unknown' }));
  expect(inHeader.status).toBe(401);
  expect(inHeader.headers['www-authenticate']).toMatch(/^Basic realm=/);
  expect(await shape(grant, basicOf(basic, post.secret))).toEqual(inHeader);
  expect(await shape(grant, basicOf(basic, 'nonsense'))).toEqual(inHeader);
  expect(await shape(grant, basicOf(basic, `${basic.secret.slice(0, -1)}~`))).toEqual(inHeader);
  expect(await shape(grant, basicOf(publicClient, post.secret))).toEqual(inHeader);
  const body = await shape(inBody({ ...post, clientId: 'unknown' }));
  expect(body.headers).not.toHaveProperty('www-authenticate');
  expect(await shape(inBody(post, basic.secret))).toEqual(body);
  expect(await shape(inBody(post, 'nonsense'))).toEqual(body);
  const none = await shape({ ...grant, client_id: 'unknown' });
  expect(none).toMatchObject({ status: 401, body: { error: 'invalid_client' }, headers: body.headers });
  expect(none.body.error_description).toMatch(/Neither the body nor the Authorization header has a client secret/);
  expect(await shape({ ...grant, client_id: post.clientId })).toEqual(none);
});

test('only a live secret of this very client costs a hash', async () => {
  const fresh = await registerClient(app);
  const counted = countHashes(app);
  for (const secret of ['nonsense', post.secret, fresh.secret.replace('lks_', 'lkx_')]) {
    await send(grant, basicOf(fresh, secret));
  }
  await send(grant, basicOf({ ...fresh, clientId: 'unknown' }));
  expect(counted).toEqual({ hash: 0, verify: 0, burn: 0 });
  await send(grant, basicOf(fresh));
  expect(counted).toEqual({ hash: 0, verify: 1, burn: 0 });
});

const malformed = [
  '',
  'Basic',
  'Basic ',
  'Basic  ',
  'Basic :',
  'Basic !!!!',
  'Basic YQ',
  'Basic YTpi YTpi',
  'Basic YTpi\tYTpi',
  'Basic YTp=',
  'Basic =YTp',
  'Basic YTpi====',
  'Basic YTpiYTpi=',
  'Basic YTpj-_==',
  `Basic ${Buffer.from(':secret').toString('base64')}`,
  `Basic ${Buffer.from('no colon').toString('base64')}`,
  `Basic ${Buffer.from('a%zz:b').toString('base64')}`,
  `Basic ${Buffer.from('a%:b').toString('base64')}`,
  `Basic ${Buffer.from('%ff:b').toString('base64')}`,
  `Basic ${Buffer.from('a\0b:c').toString('base64')}`,
  `Basic ${Buffer.from('a%00b:c').toString('base64')}`,
  `Basic ${Buffer.from('a\r\nb:c').toString('base64')}`,
  `Basic ${'A'.repeat(65_536)}`,
  `Basic ${Buffer.from(`${'a'.repeat(40_000)}:${'b'.repeat(8_000)}`).toString('base64')}`,
  'Bearer',
  'Bearer lkt_token',
  'Digest username="a"',
  'Negotiate YTpi',
  'Basic, Basic YTpi',
];

test.each(malformed)('answers 401 to the header %.40j, never 500 (CVE-2026-9803)', async (header) => {
  const { status, body, headers } = await send(grant, header);
  expect([status, body.error]).toEqual([401, 'invalid_client']);
  expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/);
});

test('a loosely decoded header is refused though it names the right secret', async () => {
  const right = basicOf(basic).slice(6);
  const loose = [`${right}=`, `${right.slice(0, 8)} ${right.slice(8)}`, right.replace(/=+$/, ''), right.toLowerCase()];
  for (const header of loose.filter((each) => each !== right)) {
    expect((await send(grant, `Basic ${header}`)).status).toBe(401);
  }
  expect((await send(grant, `Basic ${right}`)).status).toBe(200);
});

describe.each(['client_id', 'client_secret'])('a NUL character in %s', (name) => {
  test('is an error of the request, not of ours', async () => {
    const { status } = await send({ ...inBody(post), [name]: 'a\0b' });
    expect([400, 401]).toContain(status);
  });
});

test('a disabled client is told so only when it knows its secret', async () => {
  const doomed = await registerClient(app);
  await app.db.oAuthClient.update({ where: { id: doomed.id }, data: { disabledAt: app.clock() } });
  const right = await send(grant, basicOf(doomed));
  const wrong = await send(grant, basicOf(doomed, basic.secret));
  expect([right.status, wrong.status]).toEqual([401, 401]);
  expect(right.body.error_description).toContain('disabled');
  expect(wrong.body.error_description).not.toContain('disabled');
});

test('the registered method is named only to a client that knows its secret', async () => {
  expect((await send(inBody(basic))).body.error_description).toContain('client_secret_basic');
  expect((await send(inBody(basic, post.secret))).body.error_description).not.toContain('client_secret_basic');
});
