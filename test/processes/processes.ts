// Real processes of the compiled service that share one database, as a load balancer has them behind it: each is asked by itself.
import { type Db, openDatabase } from '../../src/db/client.js';
import { type Remote, remote } from '../faults/remote.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createEmptyTestDatabase } from '../support/database.js';
import { freePort, freePorts } from '../support/service.js';
import { type ServiceProcess, spawnService } from '../support/service-process.js';

/** Begun anew for each request: a connection that is kept would always lead to the same worker. */
const anew = { connection: 'close' };

type Environment = Readonly<Record<string, string>>;

export interface RealProcesses {
  /** Ways to ask, of which each leads to a process of its own, or to whichever worker's turn it is. */
  readonly apps: readonly [TestApp, TestApp, TestApp, TestApp];
  /** The database as they leave it, seen by an application in this process: to add members and to look at rows. */
  readonly inside: TestApp;
  readonly db: Db;
  readonly databaseUrl: string;
  /** All that they have printed, on both streams, one text for each start. */
  printed(): string[];
  /** Stops them all. @returns how they ended */
  stop(): Promise<(readonly [number | null, string | null])[]>;
}

/** The password that one of the starts printed, of the first owner that it made. */
export function printedPasswords(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/Password {4}(\S+) {4}\(shown this once/g)].map((match) => match[1] ?? ''),
  );
}

async function look(
  databaseUrl: string,
  remotes: readonly Remote[],
  services: readonly ServiceProcess[],
  remove: () => Promise<void>,
): Promise<RealProcesses> {
  const printed = () => services.map((service) => service.printed.text);
  const { close, ...opened } = await openDatabase(databaseUrl, { poolSize: 5 });
  const database = { ...opened, url: databaseUrl, statements: [], close };
  const issuer = remotes[0]?.app.issuer ?? '';
  const inside = await createTestApp({ database, realTime: true, issuer });
  const [password = ''] = printedPasswords(printed());
  const apps = remotes.map(({ app }) => Object.assign(app, { owner: { ...inside.owner, password } }));
  return {
    apps: apps as unknown as RealProcesses['apps'],
    inside,
    db: opened.db,
    databaseUrl,
    printed,
    async stop() {
      for (const { child } of services) child.kill('SIGTERM');
      const ended = await Promise.all(services.map(({ exited }) => exited));
      await inside.close();
      await close();
      await remove();
      return ended;
    },
  };
}

/** Four instances on one empty database, all started at once. Stop them after the test. */
export async function startInstances(environment: Environment = {}): Promise<RealProcesses> {
  const { url, remove } = await createEmptyTestDatabase('postgresql');
  const ports = await freePorts(4);
  const issuer = `http://localhost:${ports[0]}`;
  const services = ports.map((port) =>
    spawnService({
      PORT: String(port),
      LATCHKEY_ISSUER: issuer,
      DATABASE_URL: url,
      LATCHKEY_DATABASE_POOL: '3',
      LATCHKEY_OWNER_PASSWORD: '',
      ...environment,
    }),
  );
  await Promise.all(services.map((service) => service.ready()));
  const remotes = ports.map((port) => remote(issuer, `http://127.0.0.1:${port}`));
  return look(url, remotes, services, remove);
}

/** One instance of four workers on an empty database, asked on a new connection each time. Stop it after the test. */
export async function startWorkers(environment: Environment = {}): Promise<RealProcesses> {
  const { url, remove } = await createEmptyTestDatabase('postgresql');
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const service = spawnService({
    PORT: String(port),
    DATABASE_URL: url,
    LATCHKEY_WORKERS: '4',
    LATCHKEY_DATABASE_POOL: '3',
    LATCHKEY_OWNER_PASSWORD: '',
    ...environment,
  });
  await service.ready();
  const remotes = [0, 1, 2, 3].map(() => remote(issuer, `http://127.0.0.1:${port}`, anew));
  return look(url, remotes, [service], remove);
}

/** The workers that have begun to serve, by their process ids. */
export function startedWorkers(text: string): number[] {
  return [...text.matchAll(/^\{.*"pid":(\d+),.*"msg":"started"\}$/gm)].map((match) => Number(match[1]));
}
