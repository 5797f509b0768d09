// Gathers what is asked for in one turn of the event loop, so that one journey to the database, or one commit, serves all who
// came in it. Whoever comes alone goes alone, and at once: nobody waits for others to come.
import { wasRefused } from '../unavailable.js';

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Groups of nearly the same size, none above the most. */
function groupsOf<Each>(all: readonly Each[], most: number): Each[][] {
  const count = Math.ceil(all.length / most);
  return Array.from({ length: count }, (_, index) =>
    all.slice(Math.round((index * all.length) / count), Math.round(((index + 1) * all.length) / count)),
  );
}

/**
 * Builds what is asked for one item at a time and answers them in groups.
 * @param most items of one group; further groups go at the same time
 * @param answer gives a result for each item in turn; when the database refuses, nothing of the group was done
 * @returns asks for one item. When a group was refused, each of it is asked for alone, so that nobody fails by what somebody else
 *   asked for. When it is not known what was done, nothing is asked again: all of them fail by that
 */
export function gathering<Item, Result>(
  most: number,
  answer: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];

  async function settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await answer(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      if (group.length > 1 && wasRefused(error)) await Promise.all(group.map((each) => settle([each])));
      else for (const { reject } of group) reject(error);
    }
  }

  function send(): void {
    const groups = groupsOf(waiting, most);
    waiting = [];
    for (const group of groups) void settle(group);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      // After all that the event loop has read from sockets in this turn.
      if (waiting.length === 0) setImmediate(send);
      waiting.push({ item, resolve, reject });
    });
}
