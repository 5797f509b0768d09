// Pages of lists in the order of their ids, newest first. The cursor holds the id, which is compared and not looked up: the
// page after a row that was deleted meanwhile is still the right one.
import { type IdKind, kindOfId } from '../lib/ids.js';
import { apiError } from './errors.js';

/** What Pothos makes of a connection's arguments: `take` is negative for a page that is counted from the end. */
interface ConnectionQuery {
  readonly cursor?: { readonly id?: unknown } | undefined;
  readonly skip?: number | undefined;
  readonly take?: number | undefined;
}

interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}

/**
 * Says which rows a page begins after.
 * @param kind whose ids the cursors of this list hold
 * @returns the query without Prisma's cursor, and what the rows' ids must be instead
 * @throws GraphQLError BAD_USER_INPUT for a cursor that is not one of this list, or for `first` beside `last`
 */
export function newestFirst<Query extends ConnectionQuery>(kind: IdKind, query: Query, args: ConnectionArguments) {
  const { cursor, skip: _, ...page } = query;
  if (typeof args.first === 'number' && typeof args.last === 'number') {
    throw apiError('BAD_USER_INPUT', 'Give first or last, not both.');
  }
  if (cursor === undefined) return { page, where: {} };
  const { id } = cursor;
  if (typeof id !== 'string' || kindOfId(id) !== kind) {
    throw apiError('BAD_USER_INPUT', 'This cursor is not one of this list. Take endCursor or startCursor of a page.');
  }
  return { page, where: { id: (query.take ?? 0) < 0 ? { gt: id } : { lt: id } } };
}
