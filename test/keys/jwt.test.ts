// Compact JWTs through our keys: what we sign we accept, and no other spelling of it, whatever anybody presents.
import { KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { generateKeyPair, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signCompact } from '../../src/keys/sign.js';
import { createTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  app = await createTestApp();
  const now = Math.floor(app.clock().getTime() / 1000);
  const claims = { iss: app.issuer, aud: app.issuer, sub: 'mem_1', iat: now, exp: now + 600, scope: 'openid' };
  for (const algorithm of ['ES256', 'RS256'] as const) {
    tokens[algorithm] = await app.deps.keys.sign(algorithm, 'at+jwt', claims);
  }
});
afterAll(() => app.close());

const verify = (token: string) => app.deps.keys.verify(token, 'at+jwt');

describe.each(['ES256', 'RS256'])('a token signed with %s', (algorithm) => {
  test('is accepted as it is', async () => {
    expect(await verify(tokens[algorithm] ?? '')).toMatchObject({ sub: 'mem_1', scope: 'openid' });
  });

  test('is refused after any change, truncation or extension, and nothing throws', async () => {
    const token = tokens[algorithm] ?? '';
    const letters = fc.constantFrom(...'ABCDEFabcdef0123456789-_.=+/ \n\0é');
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(3), letters, async (at, length, letter) => {
        const index = at % (token.length + 1);
        const changed = token.slice(0, index) + letter + token.slice(index + length);
        expect((await verify(changed)) !== null).toBe(changed === token);
        expect(await verify(token.slice(0, index))).toEqual(index === token.length ? expect.anything() : null);
      }),
      { numRuns: 500 },
    );
  });

  test('is refused in any other spelling of its last letter, whose spare bits decoders ignore', async () => {
    const token = tokens[algorithm] ?? '';
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const changed = token.slice(0, -1) + letter;
      expect((await verify(changed)) !== null, letter).toBe(changed === token);
    }
    for (const padding of ['=', '==', '\n', ' ']) expect(await verify(token + padding)).toBeNull();
  });
});

test.each(['ES256', 'RS256'] as const)('%s signs alike on this thread and on another', async (algorithm) => {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const signer = { kid: 'any', algorithm, privateKey: KeyObject.from(privateKey) };
  for (const hasCoreToSpare of [true, false]) {
    const { payload, protectedHeader } = await jwtVerify(
      await signCompact(signer, 'JWT', { sub: 'mem_1' }, hasCoreToSpare),
      publicKey,
    );
    expect([payload, protectedHeader]).toEqual([{ sub: 'mem_1' }, { alg: algorithm, kid: 'any', typ: 'JWT' }]);
  }
});

test('no text and no JSON in the three parts makes it throw', async () => {
  const part = fc.oneof(
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
    fc
      .record(
        {
          alg: fc.oneof(fc.constantFrom('ES256', 'RS256', 'none', 'HS256', ''), fc.anything()),
          kid: fc.anything(),
          typ: fc.anything(),
          crit: fc.anything(),
          b64: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map((header) => {
        try {
          return Buffer.from(JSON.stringify(header) ?? '').toString('base64url');
        } catch {
          return '';
        }
      }),
  );
  const kids = (await app.deps.keys.published()).map(({ kid, alg }) => ({ kid, alg, typ: 'at+jwt' }));
  const ours = fc.constantFrom(...kids.map((header) => Buffer.from(JSON.stringify(header)).toString('base64url')));
  await fc.assert(
    fc.asyncProperty(fc.oneof(part, ours), part, part, async (header, payload, signature) => {
      expect(await verify(`${header}.${payload}.${signature}`)).toBeNull();
      expect(await verify(header)).toBeNull();
    }),
    { numRuns: 500 },
  );
});

test('critical header parameters are refused (RFC 7515 4.1.11)', async () => {
  const [, payload, signature] = (tokens.ES256 ?? '').split('.');
  const header = JSON.parse(Buffer.from((tokens.ES256 ?? '').split('.')[0] ?? '', 'base64url').toString());
  for (const extra of [{ crit: ['exp'] }, { crit: ['b64'], b64: false }, { crit: [] }, { crit: 'x' }]) {
    const changed = Buffer.from(JSON.stringify({ ...header, ...extra })).toString('base64url');
    expect(await verify(`${changed}.${payload}.${signature}`)).toBeNull();
  }
});

test('the time counts with a minute of skew: not before it, not after it', async () => {
  const now = Math.floor(app.clock().getTime() / 1000);
  const base = { iss: app.issuer, aud: app.issuer, sub: 'mem_1', iat: now };
  const sign = (claims: object) => app.deps.keys.sign('ES256', 'at+jwt', { ...base, ...claims });
  expect(await verify(await sign({ exp: now - 59 }))).not.toBeNull();
  expect(await verify(await sign({ exp: now - 60 }))).toBeNull();
  expect(await verify(await sign({ exp: now + 600, nbf: now + 60 }))).not.toBeNull();
  expect(await verify(await sign({ exp: now + 600, nbf: now + 61 }))).toBeNull();
});
