// How a caller is recognised: the session's cookie from our pages alone, an Authorization header before any cookie, and
// nothing that a header can hold is a fault of ours.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { type Answer, apiTokenOf, post, signedInBrowser } from '../support/graphql.js';
import { obtainCode, redeem, registerClient } from '../support/oauth.js';

let app: TestApp;
let browser: TestBrowser;
let cookie: string;
beforeAll(async () => {
  app = await createTestApp();
  browser = await signedInBrowser(app, app.owner);
  cookie = await browser.jar.getCookieString(app.issuer);
});
afterAll(() => app.close());

const whoAmI = { query: '{ viewer { role apiToken { id } } }' };
const ask = (headers: Record<string, string>) => post(app, whoAmI, headers);
const isOwner = { viewer: { role: 'OWNER', apiToken: null } };

function expectRefused({ status, data, errors }: Answer, expected: number, code: string) {
  expect(status).toBe(expected);
  expect(data).toBeUndefined();
  expect(errors).toMatchObject([{ extensions: { code }, message: expect.stringMatching(/\w/) }]);
}

describe('the session’s cookie', () => {
  test.each<[string, Record<string, string>]>([
    ['our Origin', { origin: 'http://localhost:4000' }],
    ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['an opaque Origin and Sec-Fetch-Site same-origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('counts with %s', async (_name, headers) => {
    expect((await ask({ cookie, ...headers })).data).toEqual(isOwner);
  });

  test.each<[string, Record<string, string>]>([
    ['neither header', {}],
    ['another Origin', { origin: 'https://evil.example' }],
    ['an Origin that begins like ours', { origin: 'http://localhost:4000.evil.example' }],
    ['our Origin with a slash', { origin: 'http://localhost:4000/' }],
    ['our host on https', { origin: 'https://localhost:4000' }],
    ['another port', { origin: 'http://localhost:4001' }],
    ['an opaque Origin alone', { origin: 'null' }],
    ['an empty Origin', { origin: '' }],
    ['Sec-Fetch-Site same-site', { 'sec-fetch-site': 'same-site' }],
    ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }],
    ['another Origin that claims same-origin', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['a forwarded host', { 'x-forwarded-host': 'localhost:4000', 'x-forwarded-proto': 'http' }],
  ])('is refused with %s', async (_name, headers) => {
    const answer = await ask({ cookie, ...headers });
    expectRefused(answer, 403, 'FORBIDDEN');
    expect(answer.errors?.[0]?.message).toContain('API token');
  });

  test('is refused over GET just so', async () => {
    const url = `/graphql?query=${encodeURIComponent(whoAmI.query)}`;
    expect((await app.request(url, { headers: { cookie } })).status).toBe(403);
    const ours = await app.request(url, { headers: { cookie, 'sec-fetch-site': 'same-origin' } });
    expect(await ours.json()).toEqual({ data: isOwner, extensions: { cost: expect.anything() } });
  });

  test('that names no session is nobody’s', async () => {
    const name = cookie
      .split('; ')
      .find((one) => one.startsWith('latchkey='))
      ?.split('=')[0];
    for (const value of ['x', '', 'A'.repeat(43), '%00', '"'.repeat(10)]) {
      const answer = await ask({ cookie: `${name}=${value}`, origin: app.issuer });
      expect(answer.data).toEqual({ viewer: null });
    }
  });

  test('counts no more after signing out', async () => {
    const other = await signedInBrowser(app, app.owner);
    const theirs = await other.jar.getCookieString(app.issuer);
    await other.submit(await other.visit('/logout'));
    expect((await ask({ cookie: theirs, origin: app.issuer })).data).toEqual({ viewer: null });
    expect((await ask({ cookie, origin: app.issuer })).data).toEqual(isOwner);
  });
});

describe('an Authorization header', () => {
  test('makes the cookie ignored, from wherever it comes', async () => {
    const { id, token } = await apiTokenOf(app, 'READER');
    const headers = { cookie, authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' };
    expect((await ask(headers)).data).toEqual({ viewer: { role: 'READER', apiToken: { id } } });
  });

  test('that is wrong is not made up for by the cookie', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic dTpw']) {
      const answer = await ask({ cookie, authorization, origin: app.issuer });
      expectRefused(answer, 401, 'UNAUTHENTICATED');
    }
  });

  test('is read whatever the case of its scheme', async () => {
    const { token } = await apiTokenOf(app, 'READER');
    for (const authorization of [`bearer ${token}`, `BEARER   ${token}`]) {
      expect((await ask({ authorization })).data.viewer.role).toBe('READER');
    }
  });

  test.each([
    `lkt_${'a'.repeat(49)}`,
    'lkt_',
    'eyJhbGciOiJub25lIn0.e30.',
    'eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ4In0.',
    'a.b.c',
    'x',
  ])('with the token %s is answered 401 and says how to authenticate', async (token) => {
    const answer = await ask({ authorization: `Bearer ${token}` });
    expectRefused(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Latchkey", error="invalid_token"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('of another scheme is told which one it is, without an error that it did not make', async () => {
    const answer = await ask({ authorization: 'Basic dXNlcjpwYXNz' });
    expectRefused(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Latchkey"');
  });

  test('with an ID token, a refresh token or a code of ours is refused: they are no access tokens', async () => {
    const client = await registerClient(app);
    const granted = await obtainCode(app, client, { scope: 'openid offline_access admin' });
    const { body } = await redeem(app, client, granted);
    for (const token of [body.id_token, body.refresh_token, granted.code, client.secret]) {
      expect(token).toBeTruthy();
      expectRefused(await ask({ authorization: `Bearer ${token}` }), 401, 'UNAUTHENTICATED');
    }
    expect((await ask({ authorization: `Bearer ${body.access_token}` })).data.viewer.role).toBe('ADMIN');
  });

  test('with an access token that has expired is refused', async () => {
    const client = await registerClient(app, { lifetimes: { accessTokenSeconds: 60 } });
    const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'reader' }));
    const authorization = `Bearer ${body.access_token}`;
    expect((await ask({ authorization })).status).toBe(200);
    app.clock.advance(60 + 61);
    expectRefused(await ask({ authorization }), 401, 'UNAUTHENTICATED');
  });

  test('of any other text is a 401 at most', async () => {
    const word = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) });
    const jwtLike = fc
      .array(fc.base64String(), { minLength: 1, maxLength: 5 })
      .map((parts) => `Bearer ${parts.join('.')}`);
    const jsonJwt = fc
      .tuple(fc.json(), fc.json())
      .map((parts) => `Bearer ${parts.map((part) => Buffer.from(part).toString('base64url')).join('.')}.AA`);
    const header = fc.oneof(
      word,
      word.map((text) => `Bearer ${text}`),
      jwtLike,
      jsonJwt,
    );
    await fc.assert(
      fc.asyncProperty(header, async (authorization) => {
        expectRefused(await ask({ authorization }), 401, 'UNAUTHENTICATED');
      }),
      { numRuns: 200 },
    );
  });
});

test.each(['createApiToken', 'revokeApiToken', 'rotateApiToken'])(
  '%s tells a token that may not what would',
  async (name) => {
    const { token } = await apiTokenOf(app, 'READER');
    const input = name === 'createApiToken' ? '{ name: "Mine", role: READER }' : '{ id: "tok_1" }';
    const query = `mutation { ${name}(input: ${input}) { userErrors { code } } }`;
    const { errors } = await post(app, { query }, { authorization: `Bearer ${token}` });
    expect(errors?.[0]?.message).toBe(`${name} needs a browser session or an API token of role ADMIN.`);
  },
);
