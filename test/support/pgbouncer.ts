// A pgbouncer in transaction mode before the PostgreSQL server of the tests: each transaction gets one of few connections,
// and whatever a session was told is somebody else's a moment later.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './service.js';

const program = process.env.TEST_PGBOUNCER ?? '/usr/sbin/pgbouncer';
const serverUrl = process.env.TEST_DATABASE_URL;

/** Whether this machine has pgbouncer, and the tests a PostgreSQL server. */
export const hasPgbouncer = serverUrl !== undefined && existsSync(program);

/** Whether this pgbouncer follows named statements (1.21 and later). */
export function followsStatements(): boolean {
  const [, major = '0', minor = '0'] =
    /PgBouncer (\d+)\.(\d+)/.exec(execFileSync(program, ['--version']).toString()) ?? [];
  return Number(major) > 1 || Number(minor) >= 21;
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });

/**
 * Starts a pgbouncer with a pool of so few connections that transactions often change theirs.
 * @param preparedStatements how many named statements it follows, where it can
 */
export async function startPgbouncer({ preparedStatements = 0 } = {}) {
  const server = new URL(serverUrl ?? '');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pgbouncer-'));
  const password = server.password ? ` password='${decodeURIComponent(server.password).replaceAll("'", "''")}'` : '';
  const settings = [
    '[databases]',
    `* = host=${server.hostname} port=${server.port || 5432} user=${decodeURIComponent(server.username)}${password}`,
    '[pgbouncer]',
    ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =', 'auth_type = any'],
    ...['pool_mode = transaction', 'default_pool_size = 3', 'max_client_conn = 200'],
    ...(followsStatements() ? [`max_prepared_statements = ${preparedStatements}`] : []),
  ];
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 });
  // It refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child: ChildProcess = spawn(program, ['-q', ...asUser, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr?.on('data', (text) => {
    complaints += String(text);
  });
  for (let attempt = 0; !(await answers(port)); attempt += 1) {
    if (attempt === 100 || child.exitCode !== null) throw new Error(`pgbouncer did not start: ${complaints}`);
    await pause(50);
  }
  return {
    /** The same database by way of pgbouncer. */
    url(databaseUrl: string, parameters = '?pgbouncer=true'): string {
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${port}`;
      return `${url.href}${parameters}`;
    },
    async stop() {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
