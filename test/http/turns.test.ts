// What comes at once is begun in slices, so that the event loop comes round: Node accepts one connection in each turn of it.
import { describe, expect, test } from 'vitest';
import { type Turns, turns } from '../../src/http/turns.js';

/** Asks for so many turns at once. @returns how many began at once, and who began in which later turn */
async function comingTogether(
  count: number,
  work: () => void,
  { wait }: ReturnType<typeof turns>,
  beforeTurn = () => {},
) {
  const order: number[] = [];
  for (let each = 0; each < count; each += 1) {
    wait(60_000, () => {
      order.push(each);
      work();
    });
  }
  const atOnce = order.length;
  const later: number[] = [];
  while (order.length < count) {
    const before = order.length;
    beforeTurn();
    await new Promise(setImmediate);
    later.push(order.length - before);
  }
  return { order, atOnce, later };
}

function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('what comes at once', () => {
  test('begins in slices, in the order in which it came', async () => {
    const { order, atOnce, later } = await comingTogether(50, () => {}, turns());
    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce).toBeLessThan(50);
    expect(later.length).toBeGreaterThan(0);
    expect(order).toEqual(Array.from({ length: 50 }, (_, each) => each));
  });

  test('begins one a turn when each takes longer than a turn should', async () => {
    const { later } = await comingTogether(15, () => busy(15), turns());
    expect(later.slice(1).filter((begun) => begun > 1)).toEqual([]);
  });

  test('begins less in a turn where connections are accepted, of which there may be more', async () => {
    const line = turns();
    const accept = () => line.accepted();
    accept();
    const { atOnce, later } = await comingTogether(10, () => busy(8), line, accept);
    expect(atOnce).toBeLessThan((await comingTogether(10, () => {}, turns())).atOnce);
    expect(later.slice(2).filter((begun) => begun > 1)).toEqual([]);
    // Otherwise half a millisecond is not a turn.
    const { later: without } = await comingTogether(20, () => busy(0.5), line);
    expect(Math.max(...without)).toBeGreaterThan(1);
  });

  for (const [what, come] of [
    ['refused', ({ refuse }: Turns) => refuse(() => {})],
    ['answered without waiting, as probes are', ({ passed }: Turns) => passed()],
  ] as const) {
    test(`has its part of the thread while many more come again and again that are ${what}`, async () => {
      const line = turns();
      const storm = () => {
        for (let more = 0; more < 200; more += 1) {
          busy(0.1);
          come(line);
        }
      };
      const { later } = await comingTogether(200, () => busy(1), line, storm);
      // Of a millisecond each ten are a slice.
      expect(Math.max(...later.slice(3))).toBeGreaterThan(5);
    });
  }

  test('is refused when all was read that had come, in the order in which it came', async () => {
    const { refuse } = turns();
    const refused: number[] = [];
    for (const each of [1, 2, 3]) refuse(() => refused.push(each));
    expect(refused).toEqual([]);
    await new Promise(setImmediate);
    expect(refused).toEqual([1, 2, 3]);
  });

  test('is not begun any more after too long in line, and keeps nobody behind it from their turn', async () => {
    const { wait, waiting } = turns();
    while (waiting() === 0) wait(60_000, () => {});
    const found: string[] = [];
    wait(1, (what) => found.push(`impatient: ${what}`));
    wait(60_000, (what) => found.push(`patient: ${what}`));
    busy(5);
    while (waiting() > 0) await new Promise(setImmediate);
    expect(found).toEqual(['impatient: too long', 'patient: its turn']);
  });
});
