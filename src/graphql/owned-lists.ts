// What belongs to a thing, such as a member's sessions, and the one thing that another names: read for all things of a list together.
import type { GraphQLResolveInfo } from 'graphql';
import { firstOfEach, type OwnedRows } from '../db/first-of-each.js';
import { inChunks } from '../db/in-chunks.js';
import { type ConnectionArguments, pageOf, selectionOfRow, selectionOfRows } from './connections.js';
import type { GraphQLContext } from './context-type.js';
import { countRows } from './row-budget.js';
import { together } from './together.js';

/** What a list is of. */
export interface OwnedList<Row> {
  readonly kind: 'consent' | 'session';
  readonly rows: OwnedRows;
  /** Reads rows by their ids, in any order, with what is asked of them. */
  readonly find: (ids: readonly string[], selection: object) => Promise<readonly Row[]>;
  /** How many there are on all pages, by the owner's id; nothing for none. */
  readonly count: (ownerIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

/**
 * The connection of one owner. The newest come first.
 * @throws GraphQLError BAD_USER_INPUT for a cursor that is not one of this list, or arguments that contradict each other
 */
export async function ownedConnection<Row extends { readonly id: string }>(
  context: GraphQLContext,
  info: GraphQLResolveInfo,
  args: ConnectionArguments,
  ownerId: string,
  { kind, rows, find, count }: OwnedList<Row>,
) {
  const page = pageOf(kind, args, { name: 'CREATED_AT', direction: 'desc' });
  // For each owner, though all ask alike: it is noted where in the answer the rows have what is asked of them.
  const selection = selectionOfRows(context, info);
  const found = await together(context, info, ownerId, 'rows', async (ownerIds) => {
    const { db, clock } = context.deps;
    countRows(context, new Set(ownerIds).size * page.part.take);
    const ids = await firstOfEach(db, rows, ownerIds, clock(), page.part);
    const all = await inChunks([...ids.values()].flat(), (some) => find(some, selection));
    const byId = new Map(all.map((row) => [row.id, row]));
    return (id: string) => (ids.get(id) ?? []).flatMap((each) => byId.get(each) ?? []);
  });
  return {
    ...page.connection(found),
    count: () =>
      together(context, info, ownerId, 'count', async (ownerIds) => {
        const counts = new Map(await inChunks(ownerIds, count));
        return (id: string) => counts.get(id) ?? 0;
      }),
  };
}

/**
 * The row with this id, for a field that names another thing.
 * @param find reads rows by their ids, in any order, with what is asked of them
 * @returns null where it is not found
 */
export async function namedRow<Row extends { readonly id: string }>(
  context: object,
  info: GraphQLResolveInfo,
  id: string,
  find: (ids: readonly string[], selection: object) => Promise<readonly Row[]>,
): Promise<Row | null> {
  // For each, as above.
  const selection = selectionOfRow(context, info);
  return together(context, info, id, 'row', async (all) => {
    const rows = await inChunks(all, (some) => find(some, selection));
    const byId = new Map(rows.map((row) => [row.id, row]));
    return (one: string) => byId.get(one) ?? null;
  });
}
