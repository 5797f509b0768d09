// A PostgreSQL server of the test's own, which it may stop, crash and starve. Only where its programs are installed.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../support/service.js';

const run = promisify(execFile);

function findPrograms(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const newestFirst = readdirSync(root).toSorted((a, b) => Number(b) - Number(a));
  return (
    newestFirst.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb'))) ?? null
  );
}

const programs = findPrograms();

/** For `describe.skipIf`: whether there is no PostgreSQL to start here. */
export const isPostgresqlMissing = programs === null;

export interface OwnPostgresqlServer {
  readonly port: number;
  /** As in DATABASE_URL. */
  readonly url: string;
  start(): Promise<void>;
  /** @param mode `immediate` is a crash: it recovers from its log at the next start */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** Runs statements as the operator. */
  query(sql: string): Promise<pg.QueryResult>;
  /** A connection of the operator's, to hold something with. End it. */
  connect(): Promise<pg.Client>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** As root, PostgreSQL refuses to run: then it is the user postgres. */
function runAsServer(program: string, args: readonly string[]) {
  const path = join(programs ?? '', program);
  const environment = { env: { ...process.env, LC_ALL: 'C' }, cwd: '/' };
  return process.getuid?.() === 0
    ? run('setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', '--', path, ...args], environment)
    : run(path, args, environment);
}

/** Starts an empty server. @param settings lines of postgresql.conf beside ours, as `name=value` */
export async function startPostgresqlServer(settings: readonly string[] = []): Promise<OwnPostgresqlServer> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-postgresql-'));
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  const port = await freePort();
  const url = `postgresql://latchkey@127.0.0.1:${port}/postgres`;
  await runAsServer('initdb', ['--pgdata', data, '--username', 'latchkey', '--auth', 'trust', '--no-sync']);
  const options = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...settings];
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const server: OwnPostgresqlServer = {
    port,
    url,
    async start() {
      const given = options.flatMap((option) => ['-c', `'${option}'`]).join(' ');
      await runAsServer('pg_ctl', ['start', '--wait', '--pgdata', data, '--log', join(folder, 'log'), '-o', given]);
    },
    async stop(mode) {
      await runAsServer('pg_ctl', ['stop', '--wait', '--pgdata', data, '--mode', mode]);
    },
    connect,
    async query(sql) {
      const client = await connect();
      try {
        return await client.query(sql);
      } finally {
        await client.end();
      }
    },
    async remove() {
      await server.stop('immediate').catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
