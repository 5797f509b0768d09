// What is sent to PostgreSQL past Prisma's engine: over the adapter that Prisma was given, so by the same pool and with the same
// errors, and all that was asked for in one turn of the event loop by one statement. For paths.ts alone.
import type { ArgType, SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { retrying } from '../errors.js';
import type { OneRow, RawRow } from './columns.js';
import { gathering } from './gather.js';
import type { ReadRow } from './reads.js';

/** Sends a statement with one value, `$1`: JSON. */
export type Send = (sql: string, json: unknown) => Promise<readonly RawRow[]>;

const text: ArgType = { scalarType: 'string', arity: 'scalar' };

/**
 * Builds what sends.
 * @param adapter the one that Prisma has
 * @param onQuery called with each statement
 */
export function sendingOver(adapter: Pick<SqlDriverAdapter, 'queryRaw'>, onQuery?: (sql: string) => void): Send {
  return async (sql, json) => {
    onQuery?.(sql);
    return (await adapter.queryRaw({ sql, args: [JSON.stringify(json)], argTypes: [text] })).rows;
  };
}

/**
 * How many come in one statement at most. More would save little, and while PostgreSQL answers one group, the next is made ready.
 */
export const mostTogether = 10;

/**
 * A statement that asks for one row with each of some lists of values. The row comes as JSON: one field to be taken apart here,
 * by JSON.parse, instead of some forty. Asked for in a list of columns, each is looked up by its index, whatever PostgreSQL
 * thinks of how many there may be.
 */
function forEach({ list, from }: OneRow): string {
  let count = 0;
  const one = from.replaceAll('?', () => {
    count += 1;
    return `(asked."values"->>${count - 1})`;
  });
  return `SELECT (SELECT json_build_array(${list}) ${one})::text
  FROM json_array_elements($1::json) WITH ORDINALITY AS asked("values", "place") ORDER BY asked."place"`;
}

/** Builds what reads. */
export function readingTogether(send: Send): ReadRow {
  const reads = new Map<OneRow, (values: readonly string[]) => Promise<RawRow | undefined>>();

  function readsOf(selection: OneRow): (values: readonly string[]) => Promise<RawRow | undefined> {
    const sql = forEach(selection);
    return gathering(mostTogether, async (all) => {
      // It has many tables, and somebody who locks two of them, as an operator may, can be in its way.
      const rows = await retrying(() => send(sql, all));
      return rows.map(([row]) => (row === null ? undefined : (JSON.parse(row as string) as RawRow)));
    });
  }

  return (selection, values) => {
    let read = reads.get(selection);
    if (!read) {
      read = readsOf(selection);
      reads.set(selection, read);
    }
    return read(values);
  };
}
