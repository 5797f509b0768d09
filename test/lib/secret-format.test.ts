// The look of secrets and tokens: any truncation, extension or slip of a letter is refused by the checksum alone.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createClientSecret,
  createToken,
  hintOf,
  isToken,
  selectorOfClientSecret,
} from '../../src/lib/secret-format.js';

const prefixes = ['lkt', 'lkr', 'lkc'] as const;
const bytes = (seed: number) => {
  // Chance that a failing case can repeat: a small generator of its own.
  let state = seed >>> 0 || 1;
  return (length: number) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
};

/** Every way in which a text can be slightly wrong. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('truncate' as const), at: fc.nat(), letter: fc.constant('') }),
  fc.record({ kind: fc.constant('behead' as const), at: fc.nat(), letter: fc.constant('') }),
  fc.record({
    kind: fc.constantFrom('insert' as const, 'replace' as const),
    at: fc.nat(),
    letter: fc.string({ minLength: 1, maxLength: 1 }),
  }),
  fc.record({ kind: fc.constant('delete' as const), at: fc.nat(), letter: fc.constant('') }),
  fc.record({ kind: fc.constant('swap' as const), at: fc.nat(), letter: fc.constant('') }),
);

function apply(text: string, { kind, at, letter }: { kind: string; at: number; letter: string }): string {
  const index = at % text.length;
  switch (kind) {
    case 'truncate':
      return text.slice(0, index);
    case 'behead':
      return text.slice(index + 1);
    case 'insert':
      return text.slice(0, index) + letter + text.slice(index);
    case 'replace':
      return text.slice(0, index) + letter + text.slice(index + 1);
    case 'delete':
      return text.slice(0, index) + text.slice(index + 1);
    default:
      return (
        text.slice(0, index) +
        text
          .slice(index, index + 2)
          .split('')
          .reverse()
          .join('') +
        text.slice(index + 2)
      );
  }
}

describe.each(prefixes)('a token of prefix %s', (prefix) => {
  test('is accepted as it was made, and under no other prefix', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const token = createToken(prefix, bytes(seed));
        expect(token).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{49}$`));
        expect(prefixes.filter((other) => isToken(other, token))).toEqual([prefix]);
        expect(selectorOfClientSecret(token)).toBeNull();
      }),
    );
  });

  test('is refused after any change of a letter, a truncation or an extension (CVE-2026-27840)', () => {
    fc.assert(
      fc.property(fc.nat(), change, (seed, how) => {
        const token = createToken(prefix, bytes(seed));
        const changed = apply(token, how);
        expect(isToken(prefix, changed)).toBe(changed === token);
        expect(isToken(prefix, `${token}${changed}`)).toBe(changed === '');
      }),
      { numRuns: 1000 },
    );
    const token = createToken(prefix, randomBytes);
    for (const changed of [`${token}\n`, `\n${token}`, `${token} `, token.toLowerCase(), `${token}\0`]) {
      expect(isToken(prefix, changed)).toBe(changed === token);
    }
  });
});

describe('a client secret', () => {
  test('is made of selector, 256 random bits (OAuth 2.1 7.7) and checksum, and its selector picks the row', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { secret, selector } = createClientSecret(bytes(seed));
        expect(secret).toMatch(/^lks_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
        expect(selectorOfClientSecret(secret)).toBe(selector);
        expect(secret.slice(4, 16)).toBe(selector);
        expect(hintOf(secret)).toBe(secret.slice(-4));
        expect(prefixes.some((prefix) => isToken(prefix, secret))).toBe(false);
      }),
    );
  });

  test('names no row after any change of a letter, a truncation or an extension', () => {
    fc.assert(
      fc.property(fc.nat(), change, (seed, how) => {
        const { secret, selector } = createClientSecret(bytes(seed));
        const changed = apply(secret, how);
        expect(selectorOfClientSecret(changed)).toBe(changed === secret ? selector : null);
      }),
      { numRuns: 1000 },
    );
  });
});

test('no text makes the readers throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(selectorOfClientSecret(text)).toBeNull();
      for (const prefix of prefixes) expect(isToken(prefix, text)).toBe(false);
    }),
  );
});

test('the random part uses the whole alphabet evenly', () => {
  const counts = new Map<string, number>();
  for (let index = 0; index < 2000; index += 1) {
    for (const letter of createToken('lkt', randomBytes).slice(4, 47))
      counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const expected = (2000 * 43) / 62;
  expect(counts.size).toBe(62);
  // Six standard deviations: a bias of modulo would be eight times that.
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
});

test('a thousand tokens are a thousand', () => {
  expect(new Set(Array.from({ length: 1000 }, () => createToken('lkc', randomBytes))).size).toBe(1000);
});
