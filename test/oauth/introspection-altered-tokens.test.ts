// Tokens that are nearly right, and headers that are not right at all, at revocation and introspection: no part of a token is
// worth anything, and nothing that is sent is a fault of ours.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';
import { registerClient, type TestClient, userinfo } from '../support/oauth.js';
import { clientToken, introspect, postPlain, revoke, storedTokens, tokensOf } from '../support/tokens.js';

let app: TestApp;
let client: TestClient;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });
  Object.assign(tokens, await tokensOf(app, client), { own: await clientToken(app, client, 'reader') });
  delete tokens.id;
});
afterAll(() => app.close());

const extra = fc.oneof(
  fc.constantFrom('A', '=', '==', '.', ' ', '\n', '\t', '%', '~', '_', '-', 'é', '\u200b', '..', '.e30.'),
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
);
// A NUL is a fault of the request as a whole, which other tests are about.
const part = extra.filter((text) => !text.includes('\0'));
const fraction = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** A token changed in one way; never the token itself. */
const altered = (token: string) =>
  fc
    .oneof(
      fraction.map((at) => token.slice(0, Math.floor(at * token.length))),
      fraction.map((at) => token.slice(1 + Math.floor(at * (token.length - 1)))),
      part.map((more) => token + more),
      part.map((more) => more + token),
      fc.tuple(fraction, part).map(([at, more]) => {
        const place = Math.floor(at * token.length);
        return token.slice(0, place) + more + token.slice(place);
      }),
      fraction.map(
        (at) => token.slice(0, Math.floor(at * token.length)) + token.slice(Math.floor(at * token.length) + 1),
      ),
      fc.tuple(fraction, fc.constantFrom('A', 'b', '0', '-', '_')).map(([at, letter]) => {
        const place = Math.floor(at * token.length);
        return token.slice(0, place) + letter + token.slice(place + 1);
      }),
      fc.constantFrom(token.toUpperCase(), token.toLowerCase(), `${token} ${token}`, token + token),
    )
    .filter((text) => text !== token && text !== '');

test.each(['access', 'refresh', 'own'])(
  'no prefix, suffix, extension or misspelling of the %s token is it (CVE-2026-27840)',
  async (kind) => {
    const token = tokens[kind] ?? '';
    expect((await introspect(app, client, token)).active).toBe(true);
    const before = await storedTokens(app);
    await fc.assert(
      fc.asyncProperty(altered(token), async (text) => {
        expect(await introspect(app, client, text)).toEqual({ active: false });
        const answer = await revoke(app, client, text);
        expect([answer.status, answer.text]).toEqual([200, '{}']);
      }),
      { numRuns: 150 },
    );
    expect(await storedTokens(app)).toBe(before);
    expect((await introspect(app, client, token)).active).toBe(true);
  },
);

test('every shortened refresh token is refused, one character at a time', async () => {
  const token = tokens.refresh ?? '';
  const before = await storedTokens(app);
  for (let length = 1; length < token.length; length += 1) {
    for (const text of [token.slice(0, length), token.slice(length)]) {
      expect(await introspect(app, client, text)).toEqual({ active: false });
      await revoke(app, client, text);
    }
  }
  expect(await storedTokens(app)).toBe(before);
});

const right = () => formatBasicCredentials(client.clientId, client.secret);
const headers: (() => string)[] = [
  () => '',
  () => 'Basic',
  () => 'Basic ',
  () => 'Basic !!!!',
  () => 'Basic YQ',
  () => 'Basic YTpi YTpi',
  () => `Basic ${Buffer.from('a\0b:c').toString('base64')}`,
  () => `Basic ${Buffer.from('a%00b:c').toString('base64')}`,
  () => `Basic ${Buffer.from('%ff:b').toString('base64')}`,
  () => `Basic ${'A'.repeat(65_536)}`,
  () => `${right()}=`,
  () => `${right()}, ${right()}`,
  () => 'Bearer',
  () => 'Bearer ',
  () => `Bearer ${'a'.repeat(65_536)}`,
  () => 'Bearer é',
  () => 'Digest username="a"',
  () => ',',
];

test.each(headers)('a malformed Authorization header is 401 at both, never 500 (CVE-2026-9803) %#', async (make) => {
  for (const path of ['/oauth/revoke', '/oauth/introspect']) {
    const answer = await postPlain(app, path, { token: tokens.refresh ?? '' }, { authorization: make() });
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([401, 'invalid_client']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  }
});

test('whatever comes in body and headers, the answer is no fault of ours (CVE-2026-9803)', async () => {
  const before = await storedTokens(app);
  const header = fc.string({ maxLength: 200 }).map((text) => text.replace(/[^\x20-\x7e]/g, '?'));
  const body = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .record({
        token: fc.string({ unit: 'binary' }),
        token_type_hint: fc.string({ unit: 'binary' }),
        client_id: fc.constantFrom(client.clientId, '', '\0', 'é'),
      })
      .map((form) => new URLSearchParams(form).toString()),
  );
  const type = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=x',
    'a',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('/oauth/revoke', '/oauth/introspect'),
      body,
      type,
      fc.option(fc.oneof(header, fc.constant(right()))),
      header,
      async (path, text, contentType, authorization, origin) => {
        const answer = await postPlain(app, path, text, {
          'content-type': contentType,
          origin,
          ...(authorization === null ? {} : { authorization }),
        });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: 300 },
  );
  expect(await storedTokens(app)).toBe(before);
  expect((await userinfo(app, tokens.access ?? '')).status).toBe(200);
});
