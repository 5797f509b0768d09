// The command line on an empty database, then beside a server that it started itself.
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/client.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { freePort } from '../support/service.js';
import { auditLog, patience, runJson, start } from './command-line.js';

vi.setConfig({ testTimeout: patience });

let database: EmptyTestDatabase;
let db: Db;
let closeDatabase: (() => Promise<void>) | undefined;
let server: ReturnType<typeof start> | undefined;

beforeAll(async () => {
  database = await createEmptyTestDatabase();
});
afterAll(async () => {
  if (server?.exitCode === null) server.kill('SIGKILL');
  await closeDatabase?.();
  await database.remove();
});

test('an account made before the first start is the only one, and a token made beside the server works at once', async () => {
  const email = 'ada@example.com';
  const { password } = await runJson(database.url, ['accounts', 'create', '--name', 'Example', '--owner-email', email]);

  const port = await freePort();
  const serving = start(database.url, ['serve'], { environment: { PORT: String(port) } });
  server = serving;
  const printed = await new Promise<string>((resolve, reject) => {
    let output = '';
    serving.stdout.on('data', (text: string) => {
      output += text;
      if (output.includes('GraphiQL')) resolve(output);
    });
    let complaint = '';
    serving.stderr.on('data', (text: string) => {
      complaint += text;
    });
    serving.on('close', (code) => reject(new Error(`The server ended with ${code}: ${complaint}`)));
  });
  expect(printed).toContain(`http://localhost:${port}/graphql`);
  expect(printed).not.toContain('Password');

  // Two at once: each waits for its turn with the database.
  const names = ['first', 'second'];
  const tokens: { token: string }[] = await Promise.all(
    names.map((name) =>
      runJson(database.url, ['api-tokens', 'create', '--member', email, '--role', 'admin', '--name', name]),
    ),
  );
  for (const [index, { token }] of tokens.entries()) {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { role apiToken { name } } }' }),
    });
    const { data, errors } = await response.json();
    expect({ data, errors }).toEqual({
      data: { viewer: { role: 'ADMIN', apiToken: { name: names[index] } } },
      errors: undefined,
    });
  }

  const opened = await openDatabase(database.url);
  db = opened.db;
  closeDatabase = opened.close;
  expect(await db.account.count()).toBe(1);
  expect(await db.signingKey.count()).toBe(2);
  const entries = await auditLog(db);
  expect(entries.map((entry) => `${entry.actorKind} ${entry.action}`)).toEqual([
    'OPERATOR ACCOUNT_CREATED',
    'OPERATOR MEMBER_CREATED',
    ...names.map(() => 'OPERATOR API_TOKEN_CREATED'),
  ]);
  const everything = JSON.stringify([entries, await db.apiToken.findMany(), await db.member.findMany()]);
  for (const secret of [password, ...tokens.map(({ token }) => token)]) expect(everything).not.toContain(secret);

  serving.removeAllListeners('close');
  const ended = once(serving, 'close');
  serving.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});
