// What comes at once is begun in slices, so that the event loop comes round: Node accepts one connection in each turn of it.
import { describe, expect, test } from 'vitest';
import { turns } from '../../src/http/turns.js';

/** Asks for so many turns at once. @returns how many began at once, and who began in which later turn */
async function comingTogether(
  count: number,
  work: () => void,
  { wait }: ReturnType<typeof turns>,
  beforeTurn = () => {},
) {
  const order: number[] = [];
  const turn = async (each: number) => {
    const found = wait(60_000);
    if (found !== 'its turn') await found;
    order.push(each);
    work();
  };
  const all = Array.from({ length: count }, (_, each) => turn(each));
  const atOnce = order.length;
  const later: number[] = [];
  while (order.length < count) {
    const before = order.length;
    beforeTurn();
    await new Promise(setImmediate);
    later.push(order.length - before);
  }
  await Promise.all(all);
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

  test('begins one a turn where connections are accepted, of which there may be more', async () => {
    const line = turns();
    const accept = () => line.accepted();
    accept();
    const { atOnce, later } = await comingTogether(10, () => busy(2), line, accept);
    expect(atOnce).toBe(1);
    expect(later.filter((begun) => begun > 1)).toEqual([]);
    // Otherwise half a millisecond is not a turn.
    const { later: without } = await comingTogether(20, () => busy(0.5), line);
    expect(Math.max(...without)).toBeGreaterThan(1);
  });

  test('has half of the thread while as many as can be refused come again and again', async () => {
    const line = turns();
    const storm = () => {
      for (let refused = 0; refused < 200; refused += 1) {
        busy(0.1);
        line.refuse(() => {});
      }
    };
    const { later } = await comingTogether(200, () => busy(1), line, storm);
    // Of a millisecond each some twenty take as long as the two hundred refusals of a turn.
    expect(Math.max(...later)).toBeGreaterThan(5);
  });

  test('is refused when all was read that had come, in the order in which it came', async () => {
    const { refuse } = turns();
    const refused: number[] = [];
    for (const each of [1, 2, 3]) refuse(() => refused.push(each));
    expect(refused).toEqual([]);
    await new Promise(setImmediate);
    expect(refused).toEqual([1, 2, 3]);
  });

  test('is not begun any more after too long in line, and keeps nobody behind it from their turn', async () => {
    const { wait } = turns();
    while (wait(60_000) === 'its turn');
    const impatient = wait(1);
    const patient = wait(60_000);
    busy(5);
    expect(await impatient).toBe('too long');
    expect(await patient).toBe('its turn');
  });
});
