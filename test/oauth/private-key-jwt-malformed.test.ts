// Malformed assertions: whatever somebody sends in place of one is an error of the request, never of ours (known attack 26).
import { CompactSign } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  assemble,
  claimsFor,
  keySet,
  makeKey,
  present,
  registerSigningClient,
  sign,
  type TestKey,
} from '../support/assertions.js';
import type { TestClient } from '../support/oauth.js';

let app: TestApp;
let key: TestKey;
let rsa: TestKey;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  [key, rsa] = await Promise.all([makeKey('ES256'), makeKey('RS256')]);
  client = await registerSigningClient(app, { jwks: keySet(key, rsa) });
});
afterAll(() => app.close());

const weird = [
  null,
  0,
  -1,
  1.5,
  Number.POSITIVE_INFINITY,
  '',
  'a\0b',
  '\ud800',
  true,
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  'x'.repeat(20_000),
];

test.each(['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti'])('as the claim %s', async (name) => {
  for (const value of weird) {
    const json = JSON.stringify({ ...claimsFor(app, client), [name]: value });
    // JSON has no infinity, but a number that is read as one.
    const answer = await present(app, await signText(json.replace(/"(exp|iat|nbf)":null/, '"$1":1e999')));
    expect(answer.status, JSON.stringify(value)).toBeLessThan(500);
    if (!['iat', 'nbf', 'jti'].includes(name)) expect(answer.status).toBe(401);
  }
});

test.each(['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'x5c', 'zip', '__proto__'])(
  'as %s of the header',
  async (name) => {
    for (const value of weird) {
      const header = JSON.stringify({ alg: 'ES256', kid: key.kid, [name]: value });
      const { status } = await present(app, assemble(header, claimsFor(app, client)));
      expect(status, JSON.stringify(value)).toBe(401);
    }
  },
);

test('as the assertion', async () => {
  const right = await sign(key, claimsFor(app, client));
  const [header = '', payload = '', signature = ''] = right.split('.');
  const texts = [
    ...['a', '.', '..', 'a.b', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e', '....', '{}', 'null', '\ud800', '%00', ' ', '=.=.='],
    ...[right.slice(0, -1), `${right}A`, `${right}.`, `.${right}`, ` ${right}`, `${right}\n`, right.replace('.', '..')],
    ...[`${header}..${signature}`, `.${payload}.${signature}`, `${header}.${payload}`, `${payload}.${header}.x`],
    ...['', 'null', '[]', '1', '"x"', '{', '{"alg"', '\0', '[{"alg":"ES256"}]'].flatMap((text) => [
      assemble(text, claimsFor(app, client)),
      assemble({ alg: 'ES256', kid: key.kid }, text, signature),
    ]),
    assemble({ alg: 'ES256', kid: key.kid }, claimsFor(app, client), Buffer.alloc(64)),
    assemble({ alg: 'ES256', kid: key.kid }, claimsFor(app, client), Buffer.alloc(70, 0x30)),
    assemble({ alg: 'RS256', kid: rsa.kid }, claimsFor(app, client), Buffer.alloc(256, 0xff)),
    assemble({ alg: 'ES256', kid: key.kid }, `{"sub":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    'A'.repeat(90_000),
    `${header}.${payload}.${'A'.repeat(80_000)}`,
    keySet(key),
    key.kid,
  ];
  for (const text of texts) {
    const { status } = await present(app, text);
    expect([400, 401], text.slice(0, 100)).toContain(status);
  }
});

/** A rightly signed JWT whose payload is any text. */
async function signText(payload: string): Promise<string> {
  return new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(key.privateKey);
}
