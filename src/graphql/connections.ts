// Pages of lists: which rows a page is of, in any order that a list offers, and the connection made of them. Every order ends
// in the id, and the cursor holds what is sorted by, which is compared and not looked up: the page after a row that was
// deleted meanwhile is still the right one.
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { type IdKind, kindOfId } from '../lib/ids.js';
import { apiError } from './errors.js';

const defaultSize = 20;
const mostRows = 100;
const longestCursor = 2000;

export interface ConnectionArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** How many rows a page can have: what a field of connections costs (plugin-complexity). */
export function costOfPage(args: ConnectionArguments) {
  const size = Math.min(Math.max(args.first ?? args.last ?? defaultSize, 0), mostRows);
  return { field: 1, multiplier: size };
}

/**
 * What the rows of a connection must be loaded with for what is asked of them, to be spread into a query.
 * @param order of a type that loads only what is asked for: the cursors need what it sorts by
 */
export function selectionOfRows(context: object, info: GraphQLResolveInfo, order?: ListOrder<string>): object {
  const select = { id: true, ...(order?.column === undefined ? {} : { [order.column]: true }) };
  const paths = [['nodes'], ['edges', 'node']];
  return queryFromInfo({ context, info, paths, ...(order === undefined ? {} : { select }) });
}

/** The same for a field of one row, which is looked for only when there is something to find. */
export function selectionOfRow(context: object, info: GraphQLResolveInfo): object {
  return queryFromInfo({ context, info });
}

/** What a list is sorted by. */
export interface ListOrder<Column extends string> {
  /** The name that cursors carry, so that one is not taken for another order's. */
  readonly name: string;
  /** A column of texts, never null; the id alone when absent. */
  readonly column?: Column;
  readonly direction: 'asc' | 'desc';
}

interface Place {
  readonly id: string;
  readonly value: string | null;
}

function encodeCursor(order: ListOrder<string>, { id, value }: Place): string {
  return Buffer.from(JSON.stringify([order.name, order.direction, id, ...(value === null ? [] : [value])])).toString(
    'base64url',
  );
}

function decodeCursor(kind: IdKind, order: ListOrder<string>, cursor: string): Place {
  const refused = () =>
    apiError(
      'BAD_USER_INPUT',
      'This cursor is not one of this list in this order. Take endCursor for after or startCursor for before, of a page with the same orderBy.',
    );
  if (cursor.length > longestCursor) throw refused();
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refused();
  }
  if (!Array.isArray(parts) || parts.length !== (order.column === undefined ? 3 : 4)) throw refused();
  const [, , id, value = null] = parts as unknown[];
  if (typeof id !== 'string' || kindOfId(id) !== kind) throw refused();
  if (value !== null && (typeof value !== 'string' || value.includes('\u0000'))) throw refused();
  // Only what we would have written ourselves: whatever else decodes to the same is not ours.
  if (encodeCursor(order, { id, value }) !== cursor) throw refused();
  return { id, value };
}

function faultOfArguments({ first, after, last, before }: ConnectionArguments): string | null {
  const given = (value: unknown) => value !== null && value !== undefined;
  if ((given(first) || given(after)) && (given(last) || given(before))) {
    return 'Go forward with first and after, or back with last and before, not both.';
  }
  if ((first ?? 0) < 0 || (last ?? 0) < 0) return 'first and last cannot be negative.';
  return null;
}

/** The part of a Prisma query that makes a page, and what turns the rows into a connection. */
export interface Page<Column extends string> {
  readonly where: { AND?: object[] };
  readonly orderBy: readonly Partial<Record<Column | 'id', 'asc' | 'desc'>>[];
  readonly take: number;
  /** The same for a list by the id alone, as it is asked for of several things at once. */
  readonly part: { readonly beyond: string | null; readonly direction: 'asc' | 'desc'; readonly take: number };
  connection<Row extends { readonly id: string } & Readonly<Record<Column, string>>>(
    rows: readonly Row[],
  ): {
    edges: { cursor: string; node: Row }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  };
}

/**
 * Says which rows a page is of.
 * @param kind whose ids the list holds
 * @throws GraphQLError BAD_USER_INPUT for a cursor that is not one of this list, or arguments that contradict each other
 */
export function pageOf<Column extends string = never>(
  kind: IdKind,
  args: ConnectionArguments,
  order: ListOrder<Column>,
): Page<Column> {
  const fault = faultOfArguments(args);
  if (fault !== null) throw apiError('BAD_USER_INPUT', fault);
  const cursor = args.after ?? args.before ?? null;
  const isBackward = (args.last ?? null) !== null || (args.before ?? null) !== null;
  const size = Math.min(args.first ?? args.last ?? defaultSize, mostRows);
  const isAscending = (order.direction === 'asc') !== isBackward;
  const direction = isAscending ? 'asc' : 'desc';
  const beyond = isAscending ? 'gt' : 'lt';

  const conditions: object[] = [];
  const place = cursor === null ? null : decodeCursor(kind, order, cursor);
  if (place !== null) {
    const { id, value } = place;
    if (order.column === undefined) {
      conditions.push({ id: { [beyond]: id } });
    } else {
      // The first is implied by the second, and lets the database begin at that place in the index.
      conditions.push({ [order.column]: { [`${beyond}e`]: value } });
      conditions.push({ OR: [{ [order.column]: { [beyond]: value } }, { id: { [beyond]: id } }] });
    }
  }
  const orderBy = (order.column === undefined ? ['id'] : [order.column, 'id']).map((name) => ({ [name]: direction }));

  return {
    where: conditions.length === 0 ? {} : { AND: conditions },
    orderBy: orderBy as Partial<Record<Column | 'id', 'asc' | 'desc'>>[],
    take: size + 1,
    part: { beyond: place?.id ?? null, direction, take: size + 1 },
    connection(rows) {
      const hasMore = rows.length > size;
      const page = rows.slice(0, size);
      if (isBackward) page.reverse();
      const edges = page.map((node) => {
        const value = order.column === undefined ? null : node[order.column];
        return { cursor: encodeCursor(order, { id: node.id, value }), node };
      });
      return {
        edges,
        pageInfo: {
          hasNextPage: isBackward ? cursor !== null : hasMore,
          hasPreviousPage: isBackward ? hasMore : cursor !== null,
          startCursor: edges[0]?.cursor ?? null,
          endCursor: edges.at(-1)?.cursor ?? null,
        },
      };
    },
  };
}

/**
 * The options of a connection's `totalCount`. Its `count` must be beside what `Page.connection` gives.
 * @param of which are counted, where a list has filters
 */
export function totalCountField(of = '') {
  return {
    description: `How many there are on all pages${of}. Counted only when asked for.`,
    // Pothos knows of what a connection has beside its edges in some places only.
    resolve: (connection: unknown) => (connection as { readonly count: () => Promise<number> }).count(),
  };
}
