// PKCE and the few primitives: what is proved by what, and that nothing altered opens.
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constantTimeEqual, deriveKey, hmacOfParts, seal, unseal } from '../../src/lib/crypto.js';
import { isCodeChallenge, isCodeVerifier, verifierMatches } from '../../src/lib/pkce.js';
import { createSecretKeys } from '../../src/lib/secret-keys.js';

test('the example of RFC 7636 appendix B', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  expect(verifierMatches(verifier, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBe(true);
});

test('a verifier matches the challenge that was made of it and no other (RFC 7636 4.6)', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';
  const verifiers = fc.string({ unit: fc.constantFrom(...letters), minLength: 43, maxLength: 128 });
  fc.assert(
    fc.property(verifiers, verifiers, (verifier, other) => {
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      expect(isCodeChallenge(challenge) && isCodeVerifier(verifier)).toBe(true);
      expect(verifierMatches(verifier, challenge)).toBe(true);
      expect(verifierMatches(other, challenge)).toBe(other === verifier);
      expect(verifierMatches(verifier, verifier.slice(0, 43))).toBe(false);
    }),
  );
});

test('a verifier outside 43 to 128 unreserved characters matches nothing (RFC 7636 4.1)', () => {
  for (const verifier of [
    '',
    'a'.repeat(42),
    'a'.repeat(129),
    `${'a'.repeat(43)}\n`,
    `${'a'.repeat(42)}+`,
    'é'.repeat(43),
  ]) {
    expect(verifierMatches(verifier, createHash('sha256').update(verifier).digest('base64url'))).toBe(false);
  }
});

test('keys are derived as HKDF-SHA-256 does (RFC 5869)', () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (secret, info, salt) => {
      const derived = Buffer.from(hkdfSync('sha256', secret, salt, info, 32));
      expect(deriveKey(secret, info, salt)).toEqual(derived);
    }),
  );
  expect(deriveKey('é', 'a purpose')).toEqual(Buffer.from(hkdfSync('sha256', 'é', '', 'a purpose', 32)));
});

test('a seal opens under its key alone, unaltered', () => {
  const key = deriveKey('a secret', 'a purpose');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, flip) => {
      const sealed = seal(key, text, randomBytes);
      expect(unseal(key, sealed)).toBe(text);
      expect(unseal(deriveKey('a secret', 'another purpose'), sealed)).toBeNull();
      expect(unseal(deriveKey('another secret', 'a purpose'), sealed)).toBeNull();
      expect(unseal(deriveKey('a secret', 'a purpose', 'salt'), sealed)).toBeNull();
      const bytes = Buffer.from(sealed, 'base64url');
      bytes.writeUInt8((bytes.readUInt8(at % bytes.length) ^ flip) & 255, at % bytes.length);
      expect(unseal(key, bytes.toString('base64url'))).toBeNull();
    }),
  );
  for (const text of ['', 'x', 'A'.repeat(36), 'A'.repeat(37)]) expect(unseal(key, text)).toBeNull();
  expect(seal(key, 'text', randomBytes)).not.toBe(seal(key, 'text', randomBytes));
});

test('no two lists of parts have the same HMAC', () => {
  const key = randomBytes(32);
  const parts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(hmacOfParts(key, left) === hmacOfParts(key, right)).toBe(same);
    }),
  );
  expect(hmacOfParts(key, ['ab', 'c'])).not.toBe(hmacOfParts(key, ['a', 'bc']));
  expect(hmacOfParts(key, ['ab'])).not.toBe(hmacOfParts(randomBytes(32), ['ab']));
});

test('comparison in constant time is comparison', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => constantTimeEqual(left, right) === (left === right)),
  );
});

test('secret keys: the first writes, all read, each purpose has its own', () => {
  const [first, second] = ['a secret of more than thirty-two bytes', 'another secret of more than that'];
  const both = createSecretKeys([second, first]);
  expect(both.current('p')).toEqual(createSecretKeys([second]).current('p'));
  expect(both.all('p')).toEqual([createSecretKeys([second]).current('p'), createSecretKeys([first]).current('p')]);
  expect(both.current('p')).not.toEqual(both.current('q'));
});
