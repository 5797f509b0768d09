// A second guard beside what an operation may cost: how many rows it may load for lists in lists. What is measured stays below,
// since each row of a page costs a point or more; it holds where measuring went wrong.
import { apiError } from './errors.js';

const mostRows = 10_000;

const loadedBy = new WeakMap<object, number>();

/**
 * Counts rows that are about to be loaded.
 * @param context of the operation that loads them
 * @throws GraphQLError QUERY_TOO_LARGE when it has loaded too many with these
 */
export function countRows(context: object, rows: number): void {
  const loaded = (loadedBy.get(context) ?? 0) + rows;
  if (loaded > mostRows) {
    throw apiError('QUERY_TOO_LARGE', `The lists in lists come to more than ${mostRows} rows. Ask for fewer items.`);
  }
  loadedBy.set(context, loaded);
}
