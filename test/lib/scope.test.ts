// Scopes as sets of words: the syntax of RFC 6749 3.3, and the arithmetic that consent and refreshing stand on.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSubset, knownScopes, parseScope, personalScopes, splitWords, union } from '../../src/lib/scope.js';

const scopeLetters = fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x22 && code !== 0x5c);
const word = fc.array(scopeLetters, { minLength: 1, maxLength: 8 }).map((codes) => String.fromCharCode(...codes));
const words = fc.array(word, { minLength: 1, maxLength: 6 });

test('words with one space between them are read in order, without repetition', () => {
  fc.assert(
    fc.property(words, (given) => {
      expect(parseScope(given.join(' '))).toEqual([...new Set(given)]);
      expect(parseScope([...given, ...given].join(' '))).toEqual([...new Set(given)]);
    }),
  );
});

test('whatever is read is made of scope tokens alone (RFC 6749 3.3)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const read = parseScope(text);
      const isScope = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/.test(text);
      expect(read === null).toBe(!isScope);
    }),
    { numRuns: 1000 },
  );
  for (const text of ['', ' ', ' a', 'a ', 'a  b', 'a\tb', 'a\nb', '"a"', 'a\\b', 'é', 'a\u00a0b', 'a\0']) {
    expect(parseScope(text)).toBeNull();
  }
});

test('union and subset are those of sets', () => {
  fc.assert(
    fc.property(words, words, (left, right) => {
      const both = union(left, right);
      expect(new Set(both)).toEqual(new Set([...left, ...right]));
      expect(both.length).toBe(new Set(both).size);
      expect(isSubset(left, both) && isSubset(right, both)).toBe(true);
      expect(isSubset([...left, ' '], both)).toBe(false);
      expect(splitWords(both.join(' '))).toEqual(both);
    }),
  );
  expect(isSubset([], [])).toBe(true);
  expect(splitWords('')).toEqual([]);
});

test('every scope that we know is a scope token, and the personal ones are known', () => {
  const names = Object.keys(knownScopes);
  expect(names).toEqual([
    'openid',
    'profile',
    'email',
    'address',
    'phone',
    'offline_access',
    'reader',
    'writer',
    'admin',
  ]);
  expect(parseScope(names.join(' '))).toEqual(names);
  expect(isSubset(personalScopes, names)).toBe(true);
});
