// That a change of the GraphQL schema which breaks clients is noticed, and passes only when it was announced.
import { describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript, without declarations
import { changesBetween as compare } from '../../scripts/schema-changes.mjs';

const changesBetween = compare as (
  before: string,
  after: string,
  today: string,
) => Record<'unannounced' | 'announced' | 'dangerous', string[]>;

const old = (directive = '') => `type Query { a: String ${directive} b: Int! } enum Color { RED GREEN ${directive} }`;
const deprecated = '@deprecated(reason: "Use b. Removed after 2026-06-30.")';

describe('schema:changes', () => {
  test('adding breaks nothing', () => {
    const after = 'type Query { a: String b: Int! c(x: Int): String } enum Color { RED GREEN BLUE }';
    const changes = changesBetween(old(), after, '2026-07-01');
    expect(changes).toMatchObject({ unannounced: [], announced: [] });
    expect(changes.dangerous).toEqual([expect.stringContaining('BLUE')]);
  });

  test.each([
    ['a field that is gone', 'type Query { b: Int! } enum Color { RED GREEN }', /Query\.a/],
    ['a field that may be null now', 'type Query { a: String b: Int } enum Color { RED GREEN }', /Query\.b/],
    ['an enum value that is gone', 'type Query { a: String b: Int! } enum Color { RED }', /GREEN/],
    ['a type that is gone', 'type Query { a: String b: Int! }', /Color/],
  ])('%s is named', (_name, after, expected) => {
    expect(changesBetween(old(), after, '2026-07-01').unannounced).toEqual([expect.stringMatching(expected)]);
  });

  test('what was deprecated may go after its day, and not before', () => {
    const after = 'type Query { b: Int! } enum Color { RED }';
    expect(changesBetween(old(deprecated), after, '2026-07-01')).toMatchObject({
      unannounced: [],
      announced: [expect.any(String), expect.any(String)],
    });
    expect(changesBetween(old(deprecated), after, '2026-06-30').unannounced).toHaveLength(2);
  });

  test('a deprecation without a day announces nothing', () => {
    const before = old('@deprecated(reason: "Use b.")');
    expect(
      changesBetween(before, 'type Query { b: Int! } enum Color { RED GREEN }', '2030-01-01').unannounced,
    ).toHaveLength(1);
  });
});
