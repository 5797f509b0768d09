// All that a test's database holds, as text, so that two moments of it can be compared and anything searched for.
import type { TestApp } from './app.js';
import { testProvider } from './database.js';

/** Every row of every table by the table's name, each as JSON, in order. */
export type Dump = Readonly<Record<string, readonly string[]>>;

type Row = Readonly<Record<string, unknown>>;

const tablesOf = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  postgresql: "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
};

/** Whatever a request writes though it was refused: when something was used, failures that are counted, refusals. */
const usage = new Set(['lastUsedAt', 'lastUsedSortKey', 'lastSeenAt', 'expiryNotedAt']);
const counters = new Set(['RateLimiterFlexible']);
const isRefusal = (table: string, row: Row) => table === 'AuditLogEntry' && row.repeatKey !== null;

/** The columns and values of every row. */
export async function readTables(app: TestApp): Promise<Record<string, Row[]>> {
  const names = await app.db.$queryRawUnsafe<{ name: string }[]>(tablesOf[testProvider]);
  const tables = names.map(async ({ name }) => [name, await app.db.$queryRawUnsafe<Row[]>(`SELECT * FROM "${name}"`)]);
  return Object.fromEntries(await Promise.all(tables)) as Record<string, Row[]>;
}

const textOf = (row: unknown) =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

/** All that is stored, of every column. */
export async function dumpAll(app: TestApp): Promise<Dump> {
  const tables = Object.entries(await readTables(app));
  return Object.fromEntries(tables.map(([name, rows]) => [name, rows.map(textOf).sort()]));
}

/** All that is stored save what a refused request may write: what must be the same before and after it. */
export async function dumpLasting(app: TestApp): Promise<Dump> {
  const tables = Object.entries(await readTables(app)).filter(([name]) => !counters.has(name));
  const lasting = (row: Row) => Object.fromEntries(Object.entries(row).filter(([column]) => !usage.has(column)));
  return Object.fromEntries(
    tables.map(([name, rows]) => [
      name,
      rows
        .filter((row) => !isRefusal(name, row))
        .map((row) => textOf(lasting(row)))
        .sort(),
    ]),
  );
}
