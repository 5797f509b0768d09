// How runs end: exit codes, what goes to which stream, pipes that close early; and the commands that need little else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';
import { createEmptyTestDatabase, testProvider } from '../support/database.js';
import { patience, run, runJson, start } from './command-line.js';

vi.setConfig({ testTimeout: patience });

const nowhere = 'postgresql://latchkey:a-database-password@127.0.0.1:1/latchkey';
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

test('two migrations of one empty database at once run each migration once', async () => {
  const database = await createEmptyTestDatabase();
  try {
    const results = await Promise.all([runJson(database.url, ['migrate']), runJson(database.url, ['migrate'])]);
    const names = readMigrations(migrationsFolder(testProvider)).map((migration) => migration.name);
    expect(results.flatMap((result) => result.applied)).toEqual(names);
  } finally {
    await database.remove();
  }
});

test('the schema is printed without a database, and without settings that could be used', async () => {
  const environment = { PORT: 'none', LATCHKEY_SECRET: 'short' };
  const { exitCode, stdout, stderr } = await run(nowhere, ['schema', 'print'], { environment });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('\ntype Query {\n');
  expect(stdout).toMatch(/}\n$/);
});

test('help is no failure and goes to standard output', async () => {
  const { exitCode, stdout, stderr } = await run(nowhere, ['api-tokens', 'create', '--help']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('Usage: npm run cli -- api-tokens create [options]');
});

test('a command line that is not understood ends with 2 and says so on standard error alone', async () => {
  const secretInArguments = ['members', 'set-password', '--email', 'ada@example.com', '--password', 'a secret'];
  for (const [args, words] of [
    [['clients'], 'Usage: npm run cli -- clients'],
    [secretInArguments, "unknown option '--password'"],
  ] as const) {
    const { exitCode, stdout, stderr } = await run(nowhere, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('a secret');
  }
});

test('faults of the configuration end with 1, all of them listed', async () => {
  const environment = { PORT: 'none', LATCHKEY_SECRET: 'short' };
  const { exitCode, stdout, stderr } = await run(nowhere, ['accounts', 'list', '--json'], { environment });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^The configuration has 2 faults:\n {2}PORT .+\n {2}LATCHKEY_SECRET .+\n$/);
});

test('a database that cannot be reached ends with 1, without its password and without a stack', async () => {
  const { exitCode, stdout, stderr } = await run(nowhere, ['accounts', 'list']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toBe(
    'The database cannot be used: connect ECONNREFUSED 127.0.0.1:1\nCheck DATABASE_URL, or the URL that the command was given.\n',
  );
});

test.each(['verify-full', 'no-verify'])(
  'a database without TLS, where the URL asks for it by sslmode=%s, ends with 1 and without a stack',
  async (mode) => {
    // What PostgreSQL answers to the request for TLS when it has none.
    const server = createServer((socket) => void socket.once('data', () => socket.end('N')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const url = `postgresql://latchkey@127.0.0.1:${port}/latchkey?sslmode=${mode}`;
      const { exitCode, stdout, stderr } = await run(url, ['accounts', 'list']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toBe(
        'The database cannot be used: The server does not support SSL connections\nCheck DATABASE_URL, or the URL that the command was given.\n',
      );
    } finally {
      server.close();
    }
  },
);

test('a reader that closes the pipe ends a command without a word', async () => {
  const child = start(nowhere, ['schema', 'print']);
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))('output that cannot be written ends with 3', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [program, 'schema', 'print'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const exitCode = await new Promise((resolve) => child.on('close', resolve));
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^The output could not be written: ENOSPC.*\n$/);
});
