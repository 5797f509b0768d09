// Rows that SQLite gave and that are still the same. It says, for the price of looking into shared memory, whether anybody has
// committed anything since: as long as nobody has, a row need not be looked up, put together and parsed again. Nothing is guessed
// and nothing lives on for a while: after the first commit, in this process or another, whatever it changed, all is forgotten.
import type { OneRow, RawRow } from './columns.js';

// All of it together, in characters, with each row's share of the map: room for some five thousand rows as most are. Whoever asks
// for ever other things, to fill our memory, makes it begin anew.
const mostHeld = 8_000_000;
const heldByEach = 200;

// What is longer is read each time, whether it is there or not: a client may have fifty addresses, and anybody ask by a long text.
const longest = 5_000;

/** What was read since the last commit. */
export interface Unchanged {
  /**
   * Forgets what is no longer the same. To be called before the rows that are asked for without ever letting go of the event loop.
   */
  lookForCommits(): void;
  /**
   * @param readNow asks the database for the row as JSON; undefined when there is none
   * @returns the row as it was committed when commits were looked for, or later
   */
  row(selection: OneRow, values: readonly string[], readNow: () => string | undefined): RawRow | undefined;
  /** To be called after each of one's own commits, which SQLite counts for other connections alone. */
  forget(): void;
}

/**
 * @param version changes with each commit of another connection: `PRAGMA data_version`
 */
export function createUnchanged(version: () => number): Unchanged {
  const rows = new Map<OneRow, Map<string, RawRow | undefined>>();
  let held = 0;
  let seen: number | undefined;

  function forget(): void {
    rows.clear();
    held = 0;
  }

  function rowsOf(selection: OneRow): Map<string, RawRow | undefined> {
    const before = rows.get(selection) ?? new Map<string, RawRow | undefined>();
    rows.set(selection, before);
    return before;
  }

  return {
    lookForCommits() {
      // Before a row is read: one that is newer than its version is read once too often, never once too few.
      const now = version();
      if (now !== seen) forget();
      seen = now;
    },
    row(selection, values, readNow) {
      if (held > mostHeld) forget();
      const alike = rowsOf(selection);
      const key = JSON.stringify(values);
      // That there is no row is known as well: what is unknown must take as long as what is known (known attack 49).
      if (alike.has(key)) return alike.get(key);
      const text = readNow();
      const row = text === undefined ? undefined : (JSON.parse(text) as RawRow);
      const length = key.length + (text?.length ?? 0);
      if (length <= longest) {
        alike.set(key, row);
        held += length + heldByEach;
      }
      return row;
    },
    forget,
  };
}
