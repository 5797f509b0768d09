// Copies all that a database holds to an empty one of either kind: in one transaction there, from one moment here, compared
// row by row before it is committed. What each end must be first is ends.ts's part, how rows travel rows.ts's.
import { migrate, requireCurrent } from '../migrations/migrate.js';
import { providerOf } from '../url.js';
import { CopyError, notEmpty, requireEmpty, requireSource, requireTwoDatabases, requireUnused } from './ends.js';
import { beginOnPostgresql } from './postgresql.js';
import { type CopyConnection, inOrder, Sum, selfReferencesOf, type Table } from './rows.js';
import { beginOnSqlite } from './sqlite.js';

export interface CopyOptions {
  /** Copies although Latchkey runs on the source: what is there at one moment. */
  readonly whileRunning?: boolean | undefined;
  /** Called when a table is copied, and every so often while a large one is. */
  readonly onProgress?: ((table: string, rows: number, done: boolean) => void) | undefined;
}

/** How many rows each table had. */
export type CopiedTables = Readonly<Record<string, number>>;

const rowsBetweenReports = 100_000;

function begin(url: string, mode: 'read' | 'write'): Promise<CopyConnection> {
  return providerOf(url) === 'sqlite' ? beginOnSqlite(url, mode) : beginOnPostgresql(url, mode);
}

/** @throws Error when a table is not the same on both sides: then one of the migrations of the two is at fault */
function requireSameTables(read: readonly Table[], written: readonly Table[]): void {
  const columnsOf = (tables: readonly Table[]) =>
    tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name} ${column.kind}`)).sort();
  const [here, there] = [columnsOf(read), columnsOf(written)];
  const differing = [...here, ...there].filter((column) => !here.includes(column) || !there.includes(column));
  if (differing.length > 0) throw new Error(`The databases differ in columns: ${differing.join(', ')}.`);
}

async function copyTable(from: CopyConnection, to: CopyConnection, table: Table, options: CopyOptions): Promise<Sum> {
  const sum = new Sum();
  let reported = 0;
  for await (const rows of from.read(table)) {
    sum.add(rows);
    await to.write(table, rows);
    if (sum.rows - reported < rowsBetweenReports) continue;
    reported = sum.rows;
    options.onProgress?.(table.name, sum.rows, false);
  }
  if (selfReferencesOf(table).length > 0) {
    for await (const rows of from.read(table)) await to.writeSelfReferences(table, rows);
  }
  options.onProgress?.(table.name, sum.rows, true);
  return sum;
}

async function sumOf(connection: CopyConnection, table: Table): Promise<Sum> {
  const sum = new Sum();
  for await (const rows of connection.read(table)) sum.add(rows);
  return sum;
}

async function copyAll(from: CopyConnection, to: CopyConnection, url: string, options: CopyOptions) {
  const tables = inOrder(await to.tables());
  requireSameTables(await from.tables(), tables);
  for (const table of tables) {
    // Once more, now that nobody else can have looked and then written.
    if ((await sumOf(to, table)).rows > 0) throw notEmpty(url, table.name);
  }
  const copied: [Table, Sum][] = [];
  for (const table of tables) copied.push([table, await copyTable(from, to, table, options)]);
  for (const [table, sum] of copied) {
    const written = await sumOf(to, table);
    if (written.equals(sum)) continue;
    throw new CopyError(
      `The copy of ${table.name} is not what was read: ${sum.rows} rows were read and ${written.rows} are there, or some differ. ` +
        'Nothing was kept. Is something else writing to the database that is copied to?',
    );
  }
  await to.commit();
  return Object.fromEntries(copied.map(([table, sum]) => [table.name, sum.rows]));
}

/**
 * Copies everything, and brings the target to this program's version first. When it fails, the target has no rows.
 * @param from the source's URL; it is only read
 * @param to the target's URL; a SQLite file, and its folder, are made when missing
 * @throws CopyError, MigrationError, DatabaseUrlError, each with a message for the operator
 */
export async function copyDatabase(from: string, to: string, options: CopyOptions = {}): Promise<CopiedTables> {
  requireTwoDatabases(from, to);
  requireSource(from);
  await requireCurrent(from);
  if (!options.whileRunning) await requireUnused(from);
  await requireEmpty(to);
  await migrate(to);
  await requireCurrent(to);
  const source = await begin(from, 'read');
  try {
    const target = await begin(to, 'write');
    try {
      return await copyAll(source, target, to, options);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
