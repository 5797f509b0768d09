// What comes together goes together: nobody waits for others, gets somebody else's answer, or fails by what somebody else asked for.
import { describe, expect, test } from 'vitest';
import { gathering } from '../../src/db/hot/gather.js';

/** What the adapter raises for PostgreSQL's refusals. */
function refusal(sqlState: string): Error {
  return Object.assign(new Error('refused'), {
    name: 'DriverAdapterError',
    cause: { kind: 'postgres', originalCode: sqlState },
  });
}

/** Answers each number with its double, and keeps the groups in which they came. */
function doubling(most: number, fault?: (items: readonly number[]) => Error | null) {
  const groups: number[][] = [];
  const ask = gathering<number, number>(most, async (items) => {
    groups.push([...items]);
    const error = fault?.(items) ?? null;
    if (error) throw error;
    return items.map((item) => item * 2);
  });
  return { ask, groups };
}

describe('gathering', () => {
  test('what is asked for in one turn is answered in one group, each with its own answer', async () => {
    const { ask, groups } = doubling(10);
    expect(await Promise.all([1, 2, 3].map(ask))).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('what is asked for in another turn waits for no answer of the first', async () => {
    const groups: number[][] = [];
    let release = () => {};
    const ask = gathering<number, number>(10, async (items) => {
      groups.push([...items]);
      if (items.includes(1)) await new Promise<void>((resolve) => (release = resolve));
      return [...items];
    });
    const first = ask(1);
    await new Promise(setImmediate);
    expect(await ask(2)).toBe(2);
    expect(groups).toEqual([[1], [2]]);
    release();
    expect(await first).toBe(1);
  });

  test('no group is larger than the most, and all are nearly the same size', async () => {
    const { ask, groups } = doubling(10);
    const items = Array.from({ length: 21 }, (_, index) => index);
    expect(await Promise.all(items.map(ask))).toEqual(items.map((item) => item * 2));
    expect(groups.map(({ length }) => length)).toEqual([7, 7, 7]);
  });

  test.each([
    ['a value that is taken', refusal('23505')],
    ['what SQLite does not allow', Object.assign(new Error('refused'), { code: 'SQLITE_CONSTRAINT_UNIQUE' })],
    ['waiting for a lock for too long', refusal('57014')],
    ['a deadlock', refusal('40P01')],
  ])('when one of a group is refused for %s, that one fails and the others do not', async (_what, error) => {
    const { ask, groups } = doubling(10, (items) => (items.includes(2) ? error : null));
    const settled = await Promise.allSettled([1, 2, 3].map(ask));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(groups).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test.each([
    ['the database is away', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['the server ends the connection', refusal('57P01')],
    [
      'the connection breaks in a way that nobody thought of',
      Object.assign(new Error('bad record'), { code: 'EPROTO' }),
    ],
    ['the disk is full', Object.assign(new Error('full'), { code: 'SQLITE_FULL' })],
  ])('when %s, all of a group are told so, and nothing is asked again: it may have been done', async (_what, lost) => {
    const { ask, groups } = doubling(10, () => lost);
    const settled = await Promise.allSettled([1, 2].map(ask));
    expect(settled.map((each) => 'reason' in each && each.reason)).toEqual([lost, lost]);
    expect(groups).toHaveLength(1);
  });
});
