// Rows that SQLite gave and that are still the same. It says, for the price of looking into shared memory, whether anybody has
// committed anything since: as long as nobody has, a row need not be looked up, put together and parsed again. Nothing is guessed
// and nothing lives on for a while: with the first commit, in this process or another, whatever it changed, all is forgotten.
import type { OneRow, RawRow } from './columns.js';

// What is not asked for again is forgotten with the next commit. A service that only reads begins anew when it is full.
const mostRows = 5_000;

/** What was read since the last commit. */
export interface Unchanged {
  /**
   * @param readNow asks the database
   * @returns the row as it is committed; undefined when there is none
   */
  row(selection: OneRow, values: readonly string[], readNow: () => RawRow | undefined): RawRow | undefined;
  /** To be called after each of one's own commits, which SQLite counts for other connections alone. */
  forget(): void;
}

/**
 * @param version changes with each commit of another connection: `PRAGMA data_version`
 */
export function createUnchanged(version: () => number): Unchanged {
  const rows = new Map<OneRow, Map<string, RawRow | undefined>>();
  let known = 0;
  let seen: number | undefined;

  function forget(): void {
    rows.clear();
    known = 0;
  }

  function rowsOf(selection: OneRow): Map<string, RawRow | undefined> {
    const before = rows.get(selection) ?? new Map<string, RawRow | undefined>();
    rows.set(selection, before);
    return before;
  }

  return {
    row(selection, values, readNow) {
      // Before the row is read: one that is newer than its version is read once too often, never once too few.
      const now = version();
      if (now !== seen || known >= mostRows) forget();
      seen = now;
      const alike = rowsOf(selection);
      const key = JSON.stringify(values);
      // That there is no row is known as well: what is unknown must take as long as what is known (known attack 49).
      if (alike.has(key)) return alike.get(key);
      const row = readNow();
      alike.set(key, row);
      known += 1;
      return row;
    },
    forget,
  };
}
