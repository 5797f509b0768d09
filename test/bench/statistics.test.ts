// What the benchmark makes of many times: medians, percentiles, spread.
import { describe, expect, test } from 'vitest';
import { median, spread, summarize } from './typed.js';

describe('the statistics of a benchmark', () => {
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9], 9.5],
    [[7], 7],
  ])('the median of %j is %d, in whatever order', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  test('nothing has no median', () => {
    expect(median([])).toBeNaN();
  });

  test('a percentile is a time that was measured, and so many were not above it', () => {
    const times = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(summarize(times)).toEqual({ p50: 100, p95: 190, p99: 198, most: 200 });
  });

  test('times are sorted as numbers', () => {
    expect(summarize([100, 9, 20]).p50).toBe(20);
  });

  test('one time is every percentile', () => {
    expect(summarize([5])).toEqual({ p50: 5, p95: 5, p99: 5, most: 5 });
  });

  test('the spread is half the range, to the median', () => {
    expect(spread([90, 100, 110])).toBeCloseTo(0.1);
    expect(spread([100])).toBe(0);
  });
});
