// Tells the Prisma command where schema and migrations are, by the provider that DATABASE_URL names.
// scripts/generate.mjs writes the schema files; the service itself never reads this file.
import { existsSync } from 'node:fs';
import { defineConfig } from 'prisma/config';

// `prisma generate`, `validate` and `format` try to download a schema engine that they do not use; naming any executable
// skips that. `migrate` and `db` do use it, and would do nothing, silently and with exit code 0, if they ran Node instead.
const command = process.argv[2] ?? '';
if (!['migrate', 'db'].includes(command)) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

const url = process.env.DATABASE_URL ?? 'file:./data/latchkey.db';
const provider = /^postgres(ql)?:/.test(url) ? 'postgresql' : 'sqlite';
const schema = `prisma/${provider}/schema.prisma`;
if (command === 'migrate' && !existsSync(schema)) {
  throw new Error(`${schema} is missing: run "node scripts/generate.mjs" first.`);
}

export default defineConfig({
  schema,
  migrations: { path: `prisma/${provider}/migrations` },
  datasource: { url },
});
