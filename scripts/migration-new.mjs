// Writes the SQL of a new migration for both databases from what changed in prisma/models.prisma, and checks that models
// and migrations agree. Uses Prisma's schema engine as WebAssembly on databases in memory: no download, no server.
//
//   node scripts/migration-new.mjs <name>    writes prisma/*/migrations/<timestamp>_<name>/migration.sql
//   node scripts/migration-new.mjs --check   exits with 1 when a migration is missing
//
// Read what it writes before committing it. When programs of the version before work on with it (new tables, new columns
// with a default), make its first line "-- additive": then they may restart while the new version is being rolled out.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { joinedSchema, providers } from './generate.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const noFilters = { externalTables: [], externalEnums: [] };

/** What the person at the terminal can put right. */
class UsageError extends Error {}

// Once: the glue is one module, which keeps views of the first instance's memory.
let loadedEngine;

async function loadEngine() {
  // The engine reports a panic here, and fails for the lack of it otherwise.
  globalThis.PRISMA_WASM_PANIC_REGISTRY ??= { set_message: (message) => console.error(message) };
  // The package's own entry imports the .wasm file as a module, which Node 20 cannot.
  const require = createRequire(import.meta.url);
  const glueFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = await import(pathToFileURL(glueFile).href);
  const bytes = readFileSync(join(dirname(glueFile), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

// An empty database in memory: what connects to it, and how it is thrown away.
const scratch = {
  async sqlite() {
    const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
    return { factory: new PrismaBetterSqlite3({ url: ':memory:' }), close: async () => {} };
  },
  async postgresql() {
    const [{ PGlite }, { PrismaPGlite }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('pglite-prisma-adapter'),
    ]);
    const client = new PGlite();
    return { factory: new PrismaPGlite(client), close: () => client.close() };
  },
};

function migrationNames(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

// In the engine's own form.
function migrationList(folder) {
  const names = migrationNames(folder);
  const lockfile = join(folder, 'migration_lock.toml');
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/**
 * What the models of one provider have that its migrations do not make.
 * @param {string} provider `sqlite` or `postgresql`
 * @param {{ folder?: string, schema?: string }} [options] folder: the migrations; schema: the text of the whole schema
 * @returns {Promise<string>} the SQL that brings a database from the migrations to the models; empty when they agree
 */
export async function missingSql(provider, options = {}) {
  const { folder = join(root, 'prisma', provider, 'migrations'), schema = joinedSchema(provider) } = options;
  const files = [{ path: join(root, 'prisma', provider, 'schema.prisma'), content: schema }];
  loadedEngine ??= loadEngine();
  const [SchemaEngine, { factory, close }] = await Promise.all([loadedEngine, scratch[provider]()]);
  const complaints = [];
  try {
    const engine = await SchemaEngine.new(
      { datamodels: files.map((file) => [file.path, file.content]) },
      (line) => complaints.push(line),
      bindMigrationAwareSqlAdapterFactory(factory),
    );
    try {
      await engine.applyMigrations({ migrationsList: migrationList(folder), filters: noFilters });
      const { exitCode, stdout } = await engine.diff({
        from: { tag: 'schemaDatasource', files, configDir: join(root, 'prisma', provider) },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: true,
        filters: noFilters,
      });
      return exitCode === 0 ? '' : (stdout ?? '');
    } finally {
      engine.free();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : JSON.stringify(error);
    throw new Error([`Prisma's schema engine failed for ${provider}: ${detail}`, ...complaints].join('\n'));
  } finally {
    await close();
  }
}

async function missingForAll() {
  const missing = [];
  // One after the other: PGlite alone takes some hundred megabytes.
  for (const provider of providers) {
    missing.push({ provider, sql: await missingSql(provider) });
  }
  return missing;
}

async function check() {
  const different = (await missingForAll()).filter(({ sql }) => sql !== '');
  if (different.length === 0) {
    return;
  }
  const parts = different.map(({ provider, sql }) => `${provider}:\n${shortened(sql.trim())}`);
  throw new UsageError(
    `Models and migrations differ. "npm run migration:new <name>" would write:\n\n${parts.join('\n\n')}`,
  );
}

function shortened(sql, most = 30) {
  const lines = sql.split('\n');
  return lines.length <= most
    ? sql
    : [...lines.slice(0, most), `-- … and ${lines.length - most} lines more`].join('\n');
}

// Migrations run in the order of their names. A clock that is behind must not put a new one before an old one.
function nextTimestamp() {
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const last = providers
    .flatMap((provider) => migrationNames(join(root, 'prisma', provider, 'migrations')))
    .map((name) => name.slice(0, 14))
    .sort()
    .at(-1);
  return last !== undefined && last >= now ? String(BigInt(last) + 1n) : now;
}

async function author(name) {
  const missing = await missingForAll();
  if (missing.every(({ sql }) => sql === '')) {
    console.log('Models and migrations agree: there is nothing to write.');
    return;
  }
  // The same name for both, even where one has nothing to do, so that both histories stay alike.
  const folderName = `${nextTimestamp()}_${name}`;
  for (const { provider, sql } of missing) {
    const migrations = join(root, 'prisma', provider, 'migrations');
    mkdirSync(join(migrations, folderName), { recursive: true });
    writeFileSync(
      join(migrations, folderName, 'migration.sql'),
      sql === '' ? `-- Nothing to do for ${provider}.\n` : `${sql.trim()}\n`,
    );
    writeFileSync(
      join(migrations, 'migration_lock.toml'),
      `# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\nprovider = "${provider}"\n`,
    );
    console.log(`prisma/${provider}/migrations/${folderName}/migration.sql`);
  }
}

async function main() {
  const [argument] = process.argv.slice(2);
  if (argument === '--check') {
    await check();
  } else if (argument !== undefined && /^[a-z][a-z0-9_]*$/.test(argument)) {
    await author(argument);
  } else {
    throw new UsageError('Usage: npm run migration:new <name>   (lower-case letters, digits and _), or --check');
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = 1;
  });
}
