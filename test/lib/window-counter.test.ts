// Counting in memory: within a window, anew after it, and never more keys than there is room for.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createWindowCounter } from '../../src/lib/window-counter.js';

test('counts what a plain list of events says, whatever comes when', () => {
  const event = fc.record({ key: fc.constantFrom('a', 'b', 'c'), points: fc.nat(5), wait: fc.nat(4000) });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      let now = 1_000_000;
      const counter = createWindowCounter(5, () => now);
      const windows = new Map<string, { began: number; points: number }>();
      for (const { key, points, wait } of events) {
        now += wait;
        const known = windows.get(key);
        const window = known && now < known.began + 5000 ? known : { began: now, points: 0 };
        expect(counter.get(key)).toEqual(
          known === window ? { points: window.points, endsAt: window.began + 5000 } : null,
        );
        window.points += points;
        windows.set(key, window);
        expect(counter.add(key, points)).toEqual({ points: window.points, endsAt: window.began + 5000 });
      }
    }),
  );
});

test('has room for so many keys, and forgets first what is over, then what is over soonest', () => {
  let now = 0;
  const counter = createWindowCounter(10, () => now, 3);
  for (const key of ['a', 'b', 'c']) {
    counter.add(key, 1);
    now += 1000;
  }
  counter.add('a', 1);
  counter.add('d', 1);
  expect(['a', 'b', 'c', 'd'].map((key) => counter.get(key)?.points)).toEqual([undefined, 1, 1, 1]);
  now = 11_500;
  counter.add('e', 1);
  expect(['b', 'c', 'd', 'e'].map((key) => counter.get(key)?.points)).toEqual([undefined, 1, 1, 1]);
  counter.delete('c');
  expect(counter.get('c')).toBe(null);
});
