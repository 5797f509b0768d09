// Medians, percentiles and ratios.

/**
 * @param {readonly number[]} values
 * @returns {number} the middle one, or the mean of the two in the middle; NaN of none
 */
export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/**
 * The smallest value that so many of all are not above (nearest rank).
 * @param {readonly number[] | Float64Array} sorted from small to large
 * @param {number} share between 0 and 1
 */
function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** How far apart values are, as a share of their median: half the range. */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/**
 * What is told of the times that many cycles took.
 * @param {number[]} milliseconds
 */
export function summarize(milliseconds) {
  const sorted = Float64Array.from(milliseconds).sort();
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    most: sorted.at(-1) ?? Number.NaN,
  };
}
