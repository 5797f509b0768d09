// What an operator is told of a database that cannot be used: what it said, and what mends just that.
import { expect, test } from 'vitest';
import { reportFailure } from '../src/cli/failure.js';
import { NotReachedError } from '../src/db/pg-client.js';
import { operatorMessage } from '../src/operator-message.js';

const driver = (code: string, message: string) => Object.assign(new Error(message), { code });

/** As it comes through Prisma. */
const prisma = (originalCode: string, originalMessage: string) =>
  Object.assign(new Error('\nInvalid `db.x()` invocation:\n\n\nsaid Prisma'), {
    code: 'P2010',
    meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode, originalMessage } } },
  });

const refused = (code: string, message: string) => new NotReachedError(driver(code, message));

test.each<[string, unknown, string]>([
  [
    'named statements behind pgbouncer',
    driver('42P05', 'prepared statement "abc" already exists'),
    'prepared statement "abc" already exists\nBehind pgbouncer add ?pgbouncer=true to DATABASE_URL.',
  ],
  [
    'named statements behind pgbouncer, through Prisma',
    prisma('26000', 'prepared statement "abc" does not exist'),
    'prepared statement "abc" does not exist\nBehind pgbouncer add ?pgbouncer=true to DATABASE_URL.',
  ],
  [
    'settings that pgbouncer does not pass on',
    refused('08P01', 'unsupported startup parameter: options'),
    "unsupported startup parameter: options\npgbouncer takes no settings from a URL: leave them out there and give them to the role, such as ALTER ROLE latchkey SET statement_timeout = '5s'.",
  ],
  [
    'a full pgbouncer',
    refused('08P01', 'no more connections allowed (max_client_conn)'),
    "no more connections allowed (max_client_conn)\nRaise pgbouncer's max_client_conn, or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  ],
  [
    'a full server',
    refused('53300', 'sorry, too many clients already'),
    "sorry, too many clients already\nRaise the server's max_connections, or set LATCHKEY_DATABASE_POOL lower or run fewer processes.",
  ],
  [
    'a full database',
    refused('53300', 'too many connections for database "latchkey"'),
    'too many connections for database "latchkey"\nRaise the database\'s limit (ALTER DATABASE … CONNECTION LIMIT), or set LATCHKEY_DATABASE_POOL lower or run fewer processes.',
  ],
  [
    'a user who may not make tables',
    driver('42501', 'permission denied for schema public'),
    'permission denied for schema public\nThe user of the URL must own the database, and the tables in it if there are any: ALTER DATABASE … OWNER TO ….',
  ],
  [
    'a wrong password',
    refused('28P01', 'password authentication failed for user "latchkey"'),
    'password authentication failed for user "latchkey"\nCheck DATABASE_URL, or the URL that the command was given.',
  ],
  ['a connection that broke', new Error('Connection terminated unexpectedly'), 'Connection terminated unexpectedly'],
])('%s', (_what, error, words) => {
  expect(operatorMessage(error)).toBe(`The database cannot be used: ${words}`);
});

test('a fault of ours keeps its stack', () => {
  expect(operatorMessage(new TypeError('x is not a function'))).toBeNull();
  expect(operatorMessage(prisma('42601', 'syntax error'))).toBeNull();
});

test.each<[string, unknown, number]>([
  ['before anything was done', refused('53300', 'sorry, too many clients already'), 1],
  ['before the first answer', new NotReachedError(new Error('Connection terminated unexpectedly')), 1],
  ['in the middle', new Error('Connection terminated unexpectedly'), 3],
  ['in the middle, as Prisma says it', prisma('53300', 'sorry, too many clients already'), 3],
])('a command that fails %s says whether to look what was done', (_when, error, exitCode) => {
  const { write } = process.stderr;
  let said = '';
  process.stderr.write = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  try {
    expect(reportFailure(error)).toBe(exitCode);
  } finally {
    process.stderr.write = write;
  }
  expect(said.includes('Look whether it was done, and try again.')).toBe(exitCode === 3);
});
