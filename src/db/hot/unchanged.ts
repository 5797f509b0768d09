// Rows that SQLite gave and that are still the same. It says, for the price of looking into shared memory, whether anybody has
// committed anything since: as long as nobody has, a row need not be looked up, put together and parsed again. Nothing is guessed
// and nothing lives on for a while: after the first commit of anybody else, in this process or another, whatever it changed, all is
// forgotten; after one's own, whatever came from a table that it changed.
import type { OneRow, RawRow } from './columns.js';
import { tablesRead } from './tables.js';

// All of it together, in characters, with each row's share of the map: room for some five thousand rows as most are. Whoever asks
// for ever other things, to fill our memory, makes it begin anew.
const mostHeld = 8_000_000;
const heldByEach = 200;

// What is longer is read each time, whether it is there or not: a client may have fifty addresses, and anybody ask by a long text.
const longest = 5_000;

/** What was read and is still the same. */
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
  /** To be called after each of one's own commits, which SQLite counts for other connections alone. @param tables it changed */
  forget(tables: ReadonlySet<string>): void;
}

/** What was read by one statement, by its values. */
interface Alike {
  readonly tables: ReadonlySet<string>;
  rows: Map<string, RawRow | undefined>;
  /** Characters. */
  held: number;
}

/**
 * @param version changes with each commit of another connection: `PRAGMA data_version`
 */
export function createUnchanged(version: () => number): Unchanged {
  const read = new Map<OneRow, Alike>();
  let held = 0;
  let seen: number | undefined;

  function forgetAlike(alike: Alike): void {
    held -= alike.held;
    alike.held = 0;
    // Not emptied: what an old map held would outlive it until the next full collection of garbage.
    alike.rows = new Map();
  }

  function forgetAll(): void {
    for (const alike of read.values()) forgetAlike(alike);
  }

  function alikeOf(selection: OneRow): Alike {
    const known = read.get(selection);
    if (known) return known;
    const tables = tablesRead(`${selection.list} ${selection.from}`);
    const alike: Alike = { tables, rows: new Map(), held: 0 };
    read.set(selection, alike);
    return alike;
  }

  return {
    lookForCommits() {
      // Before a row is read: one that is newer than its version is read once too often, never once too few.
      const now = version();
      if (now !== seen) forgetAll();
      seen = now;
    },
    row(selection, values, readNow) {
      if (held > mostHeld) forgetAll();
      const alike = alikeOf(selection);
      const key = JSON.stringify(values);
      // That there is no row is known as well: what is unknown must take as long as what is known (known attack 49).
      if (alike.rows.has(key)) return alike.rows.get(key);
      const text = readNow();
      const row = text === undefined ? undefined : (JSON.parse(text) as RawRow);
      const length = key.length + (text?.length ?? 0);
      if (length <= longest) {
        alike.rows.set(key, row);
        alike.held += length + heldByEach;
        held += length + heldByEach;
      }
      return row;
    },
    forget(tables) {
      for (const alike of read.values()) if ([...tables].some((table) => alike.tables.has(table))) forgetAlike(alike);
    },
  };
}
