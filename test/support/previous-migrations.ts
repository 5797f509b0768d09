// A database as the version before left it: made by the migrations of the previous commit, with an account, a member and a
// client in it. Each row is written with the columns that existed then. What must still work afterwards is the tests' part.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase, type Provider } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { migrationsFolder } from '../../src/db/migrations/plan.js';
import { createEmptyTestDatabase } from './database.js';

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

type Value = string | number | boolean | null;

/** A row to write: values for columns that may or may not exist in the older version. */
export interface OldRow {
  readonly table: string;
  readonly values: Readonly<Record<string, Value>>;
}

export interface PreviousDatabase {
  /** As in DATABASE_URL; not migrated to this version yet. */
  readonly url: string;
  /** Where its migrations came from. */
  readonly origin: 'previous commit' | 'all but the last migration' | 'the only migration';
  /** The migrations that it has run. */
  readonly migrations: readonly string[];
  remove(): Promise<void>;
}

const then = '2026-01-02T03:04:05.678Z';

/** What every previous database holds. Rows given to `createPreviousDatabase` add to these, or replace values in them. */
const oldRows: readonly OldRow[] = [
  { table: 'Account', values: { id: 'acc_previous', name: 'Previous Ltd', createdAt: then } },
  {
    table: 'Member',
    values: {
      id: 'mem_previous',
      accountId: 'acc_previous',
      email: 'Owner@Previous.example',
      emailKey: 'owner@previous.example',
      emailVerifiedAt: then,
      name: 'Pat Previous',
      role: 'OWNER',
      ownerOf: 'acc_previous',
      status: 'ACTIVE',
      createdAt: then,
      updatedAt: then,
    },
  },
  {
    table: 'OAuthClient',
    values: {
      id: 'cli_previous',
      clientId: 'previous-client',
      accountId: 'acc_previous',
      type: 'CONFIDENTIAL',
      name: 'Previous app',
      grantTypes: 'authorization_code refresh_token',
      scopes: 'openid profile email',
      tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
      requirePkce: true,
      consentMode: 'REMEMBER',
      idTokenSigningAlgorithm: 'RS256',
      accessTokenSeconds: 600,
      refreshTokenSeconds: 7_776_000,
      refreshTokenIdleSeconds: 2_592_000,
      idTokenSeconds: 600,
      searchText: 'previous app previous-client',
      createdById: 'mem_previous',
      createdAt: then,
      updatedAt: then,
    },
  },
  {
    table: 'OAuthClientRedirectUri',
    values: { id: 'uri_previous', clientId: 'cli_previous', uri: 'https://previous.example/callback', position: 0 },
  },
];

/**
 * Makes a database by the migrations of the commit before this one, with rows in it. On a checkout without that commit, all
 * migrations but the last make it; where there is only one, that one.
 * @param rows more rows, such as a client secret; one whose table and id are there already replaces values there, such as
 *   the member's password hash
 */
export async function createPreviousDatabase(rows: readonly OldRow[] = []): Promise<PreviousDatabase> {
  const { url, provider, remove } = await createEmptyTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  try {
    const origin = (await copyFromPreviousCommit(provider, folder))
      ? 'previous commit'
      : copyAllButTheLast(provider, folder);
    const { applied } = await migrate(url, { folder });
    await insert(url, provider, merged(rows));
    return { url, origin, migrations: applied, remove };
  } catch (error) {
    await remove();
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function copyFromPreviousCommit(provider: Provider, folder: string): Promise<boolean> {
  const git = async (...parameters: string[]) => (await run('git', parameters, { cwd: root })).stdout;
  try {
    const list = await git('ls-tree', '-r', '--name-only', 'HEAD~', '--', `prisma/${provider}/migrations/`);
    const files = list.split('\n').filter((file) => file.endsWith('/migration.sql'));
    for (const file of files) {
      const name = basename(dirname(file));
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'migration.sql'), await git('show', `HEAD~:./${file}`));
    }
    return files.length > 0;
  } catch {
    // No git, no repository, or no commit before this one, as in a shallow clone.
    return false;
  }
}

function copyAllButTheLast(provider: Provider, folder: string): PreviousDatabase['origin'] {
  const source = migrationsFolder(provider);
  const entries = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = entries.map((entry) => entry.name).sort();
  for (const name of names.slice(0, Math.max(1, names.length - 1))) {
    cpSync(join(source, name), join(folder, name), { recursive: true });
  }
  return names.length > 1 ? 'all but the last migration' : 'the only migration';
}

function merged(rows: readonly OldRow[]): OldRow[] {
  const result = [...oldRows];
  for (const row of rows) {
    const index = result.findIndex((old) => old.table === row.table && old.values.id === row.values.id);
    const old = result[index];
    if (old) result[index] = { table: old.table, values: { ...old.values, ...row.values } };
    else result.push(row);
  }
  return result;
}

interface Column {
  readonly name: string;
  /** As declared. */
  readonly type: string;
  /** Not null and without a default. */
  readonly required: boolean | number | bigint;
}

const columnsOf: Record<Provider, (table: string) => string> = {
  sqlite: (table) =>
    `SELECT "name", "type", "notnull" AND "dflt_value" IS NULL AS "required" FROM pragma_table_info('${table}')`,
  postgresql: (table) =>
    `SELECT column_name::text AS "name",
       CASE data_type WHEN 'USER-DEFINED' THEN '"' || udt_name || '"' ELSE data_type END AS "type",
       is_nullable = 'NO' AND column_default IS NULL AS "required"
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '${table}'`,
};

// For a required column of the older version that has gone since.
function filling(type: string): Value {
  if (/bool/i.test(type)) return false;
  if (/int|numeric|real|double/i.test(type)) return 0;
  return /date|time/i.test(type) ? then : '';
}

function literal(value: Value, type: string, provider: Provider): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return provider === 'sqlite' ? String(Number(value)) : String(value);
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return provider === 'sqlite' ? quoted : `${quoted}::${type}`;
}

async function insert(url: string, provider: Provider, rows: readonly OldRow[]): Promise<void> {
  // The client of today serves for raw SQL only: its models are not those of the older version.
  const { db, close } = await openDatabase(url, { poolSize: 1 });
  try {
    for (const { table, values } of rows) {
      const columns = await db.$queryRawUnsafe<Column[]>(columnsOf[provider](table));
      // The table itself may be younger than that version.
      if (columns.length === 0) continue;
      const written = columns.filter((column) => column.name in values || Boolean(column.required));
      const names = written.map((column) => `"${column.name}"`);
      const literals = written.map((column) =>
        literal(values[column.name] ?? (column.required ? filling(column.type) : null), column.type, provider),
      );
      await db.$executeRawUnsafe(`INSERT INTO "${table}" (${names.join(', ')}) VALUES (${literals.join(', ')})`);
    }
  } finally {
    await close();
  }
}
