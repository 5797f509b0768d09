// One text for one value: equal for inputs that mean the same, different for all others.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/lib/canonical-json.js';

/** The same value with the fields of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, part]) => [name, shuffled(part)]),
  );
}

describe('the text of a value', () => {
  test.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ a: { d: [], c: null }, B: true }, '{"B":true,"a":{"c":null,"d":[]}}'],
    [[3, 1, 2], '[3,1,2]'],
    [[{ b: 1, a: 2 }], '[{"a":2,"b":1}]'],
    [{ 10: 'ten', 9: 'nine', a: 'a' }, '{"9":"nine","10":"ten","a":"a"}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [{ at: new Date('2026-06-01T12:00:00Z') }, '{"at":"2026-06-01T12:00:00.000Z"}'],
    [{ é: '\ud83d\ude00"' }, '{"é":"😀\\""}'],
    ['text', '"text"'],
    [null, 'null'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('does not depend on the order of fields, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(shuffled(value))).toBe(canonicalJson(value));
      }),
      { numRuns: 500 },
    );
  });

  test('loses nothing: it reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  test('differs where values differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const [one, other] = [left, right].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        expect(canonicalJson(left) === canonicalJson(right)).toBe(isDeepEqual(one, other));
      }),
      { numRuns: 1000 },
    );
    for (const [left, right] of [
      [{ a: null }, {}],
      [{ a: '1' }, { a: 1 }],
      [{ a: ['b', 'c'] }, { a: ['c', 'b'] }],
      [{ a: { b: 1 } }, { a: 1, b: 1 }],
      [{ a: '' }, { a: null }],
    ]) {
      expect(canonicalJson(left)).not.toBe(canonicalJson(right));
    }
  });

  test('leaves the value as it was', () => {
    const value = { b: { d: 1, c: 2 }, a: 3 };
    canonicalJson(value);
    expect([Object.keys(value), Object.keys(value.b)]).toEqual([
      ['b', 'a'],
      ['d', 'c'],
    ]);
  });
});

function isDeepEqual(left: unknown, right: unknown): boolean {
  try {
    expect(left).toStrictEqual(right);
    return true;
  } catch {
    return false;
  }
}
