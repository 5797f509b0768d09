// That the migrations make what the models say, on both databases; `npm run migration:new <name>` writes what is missing.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const script = join(root, 'scripts/migration-new.mjs');

// Starting PostgreSQL as WebAssembly takes seconds, and more on a busy machine.
const timeout = 120_000;

test('models and migrations agree', { timeout }, async () => {
  await run(process.execPath, [script, '--check'], { cwd: root });
});

test('a model without a migration is noticed', { timeout }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  try {
    const code = `
      const { missingSql } = await import(${JSON.stringify(pathToFileURL(script).href)});
      const { joinedSchema } = await import(${JSON.stringify(pathToFileURL(join(root, 'scripts/generate.mjs')).href)});
      const schema = joinedSchema('sqlite') + '\\nmodel Surplus {\\n  id String @id\\n}\\n';
      console.log(await missingSql('sqlite', { schema }));
      console.log(await missingSql('sqlite', { folder: ${JSON.stringify(folder)} }));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: root });
    expect(stdout.match(/CREATE TABLE "Surplus"/g)).toHaveLength(1);
    // An empty folder of migrations lacks everything.
    expect(stdout.match(/CREATE TABLE "Account"/g)).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
