// Ids as callers name things: one of the right kind as it stands, anything else as a text that no row has.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdMaker, type IdKind, idOrNobody, idPrefixes } from '../../src/lib/ids.js';

const kinds = Object.keys(idPrefixes) as IdKind[];
const newId = createIdMaker(() => 1_780_000_000_000, randomBytes);

test('an id is itself for its own kind, and nobody’s for every other', () => {
  for (const kind of kinds) {
    const id = newId(kind);
    for (const asked of kinds) expect(idOrNobody(asked, id)).toBe(asked === kind ? id : '');
  }
});

test('what is no id of ours is nobody’s: neither too long, nor padded, nor in other letters', () => {
  const id = newId('member');
  const texts = [
    '',
    ' ',
    '\u0000',
    'mem_',
    id.toLowerCase(),
    id.slice(0, -1),
    `${id}0`,
    `${id}\n`,
    ` ${id}`,
    `${id}\u0000`,
  ];
  for (const text of texts) expect(idOrNobody('member', text)).toBe('');
});

test('no text at all gives anything but an id of that kind or the empty text, which every database takes', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'mem_0123456789ABCDEFGHJKMNPQRSTVWXYZILOU'), maxLength: 32 }),
    fc
      .string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), minLength: 26, maxLength: 26 })
      .map((text) => `mem_${text}`),
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.constantFrom(...kinds), texts, (kind, text) => {
      const named = idOrNobody(kind, text);
      if (named === '') return;
      accepted += 1;
      expect([kind, named]).toEqual(['member', text]);
      expect(named).toMatch(/^mem_[0-9A-HJKMNP-TV-Z]{26}$/);
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(5);
});
