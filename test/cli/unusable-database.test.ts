// What a start and a command say, both the same, when DATABASE_URL leads to something that cannot be used; and that they end.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { behaviours, startFakePostgresql } from '../support/fake-postgresql.js';
import { freePort } from '../support/service.js';
import { spawnService } from '../support/service-process.js';
import { patience, start } from './command-line.js';

vi.setConfig({ testTimeout: patience });

// Five to connect and six for an answer, and what a process needs to start on a machine that does other things too.
const mostMilliseconds = 25_000;

const checkUrl = 'Check DATABASE_URL, or the URL that the command was given';

interface Ended {
  readonly exitCode: number | null | 'never ended';
  readonly printed: string;
}

async function endOf(child: ReturnType<typeof start>): Promise<Ended> {
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += String(text);
    });
  }
  const tooLong = new AbortController();
  const exitCode = await Promise.race([
    new Promise<number | null>((resolve) => child.on('close', resolve)),
    pause(mostMilliseconds, 'never ended' as const, { signal: tooLong.signal }),
  ]);
  tooLong.abort();
  child.kill('SIGKILL');
  return { exitCode, printed };
}

// A password of the machine's would be an answer.
const environment = { PGPASSWORD: '', PGPASSFILE: '/dev/null' };
const commands = [['migrate'], ['accounts', 'list'], ['database', 'copy', '--to', 'file:./never-made.db']];

// At the same time: most of it is waiting.
test.concurrent.each([
  [
    'says nothing',
    behaviours.saysNothing,
    `The database cannot be used: there was no answer within 5 seconds\n${checkUrl}: is it PostgreSQL that listens there, and does it run?\n`,
  ],
  [
    'answers no query',
    behaviours.answersNoQuery,
    `The database cannot be used: there was no answer within 6 seconds\n${checkUrl}: is it PostgreSQL that listens there, and does it run?\n`,
  ],
  [
    'hangs up',
    behaviours.hangsUp,
    `The database cannot be used: Connection terminated unexpectedly\n${checkUrl}: is it PostgreSQL that listens there, and does it run?\n`,
  ],
  [
    'wants a password',
    behaviours.wantsPassword,
    'The database wants a password: put it in the URL, or set PGPASSWORD or ~/.pgpass.\n',
  ],
  [
    'has no connection left',
    behaviours.refuses('53300', 'too many connections for role "latchkey"'),
    'The database cannot be used: too many connections for role "latchkey"\nRaise the role\'s limit (ALTER ROLE … CONNECTION LIMIT), or set LATCHKEY_DATABASE_POOL lower or run fewer processes.\n',
  ],
] as const)('a server that %s', async (_what, behave, words) => {
  const server = await startFakePostgresql(behave);
  try {
    const service = spawnService({ ...environment, DATABASE_URL: server.url, PORT: String(await freePort()) });
    const ended = await Promise.all([
      endOf(service.child),
      ...commands.map((args) => endOf(start(server.url, args, { environment }))),
    ]);
    expect(ended).toEqual(ended.map(() => ({ exitCode: 1, printed: words })));
  } finally {
    server.stop();
  }
});
