// Several processes behind one port (LATCHKEY_WORKERS). The primary prepares the database, starts the workers, starts anew those
// that end by themselves, and stops them all; it serves nothing. What a worker serves is serve.ts's part.
import cluster, { type Worker } from 'node:cluster';
import { createServer, type Server } from 'node:net';
import type { Logger } from 'pino';
import { bootstrap, type FirstOwner } from './bootstrap.js';
import { compose } from './compose.js';
import type { Config } from './config.js';
import { listen } from './listening.js';
import { operatorMessage } from './operator-message.js';
import type { Stoppable } from './stopping.js';
import { readCertificate } from './tls.js';
import { firstSignIn, welcome } from './welcome.js';

/** What a worker tells its primary. Back comes `'stop'` alone. */
type Report = 'serving' | 'nobody connects' | { readonly failure: string };

// After so many starts in a row that failed while nobody serves, another one would not help.
const mostFailedStarts = 5;
const shortestPauseMilliseconds = 100;
const longestPauseMilliseconds = 5_000;
const recentMilliseconds = 10_000;
// Less than Docker's ten seconds, and a little more than a worker takes at most.
const mostUntilStoppedMilliseconds = 9_500;
// A worker that does not answer must not keep the others from stopping.
const mostUntilNobodyConnectsMilliseconds = 1_000;

/** What is done once, before there are workers, and what has to be right for all of them. */
async function prepare(config: Config): Promise<{ owner: FirstOwner | null; log: Logger }> {
  await readCertificate(config);
  const { deps, close } = await compose(config);
  // A port that is in use must not cost the password, which is shown once. Whoever connects meanwhile tries again, as if nobody
  // listened yet.
  const port = createServer((socket) => socket.resetAndDestroy());
  try {
    await listen(port, config);
    return { owner: await bootstrap(deps), log: deps.log };
  } finally {
    port.close();
    await close();
  }
}

/**
 * Starts the workers, and says so on standard output when one serves.
 * @returns how to stop them all
 * @throws what `compose`, `readCertificate` and `bootstrap` do
 */
export async function startWorkers(config: Config): Promise<Stoppable> {
  const { owner, log } = await prepare(config);
  const workers = new Set<Worker>();
  const serving = new Set<Worker>();
  const withoutNewcomers = new Set<Worker>();
  let isStopping = false;
  let failedStarts = 0;
  let ends: number[] = [];
  let toTell = () => firstSignIn(owner);
  let onFirst: () => void = () => {};
  let onAllEnded: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    onFirst = resolve;
  });
  const allEnded = new Promise<void>((resolve) => {
    onAllEnded = resolve;
  });
  // However this process ends: a worker that nobody watches over would hold connections and serve what is old.
  process.once('exit', () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
  });

  /** Takes no more connections, for all workers in one moment: none is given to one that has closed. */
  function stopListening(which: Iterable<Worker>): void {
    for (const worker of which) if (worker.isConnected()) worker.disconnect();
  }

  function onReport(worker: Worker, report: Report, note: (failure: string) => void): void {
    if (report === 'serving') {
      serving.add(worker);
      failedStarts = 0;
      onFirst();
    } else if (report === 'nobody connects') {
      withoutNewcomers.add(worker);
      if (!isStopping) stopListening([worker]);
      else if ([...workers].every((one) => withoutNewcomers.has(one))) stopListening(workers);
    } else {
      note(report.failure);
    }
  }

  function giveUp(failure: string | undefined): never {
    process.stdout.write(toTell());
    process.stderr.write(`${failure ?? 'The workers end as soon as they are started; what they said stands above.'}\n`);
    process.exit(1);
  }

  function start(): void {
    if (isStopping) return;
    const worker = cluster.fork();
    let failure: string | undefined;
    workers.add(worker);

    const onEnd = (code: number | null, signal: string | null) => {
      workers.delete(worker);
      withoutNewcomers.delete(worker);
      const served = serving.delete(worker);
      if (isStopping) {
        if (workers.size === 0) onAllEnded();
        return;
      }
      failedStarts = served ? failedStarts : failedStarts + 1;
      if (failedStarts >= mostFailedStarts && serving.size === 0) giveUp(failure);
      const now = performance.now();
      ends = [...ends.filter((at) => now - at < recentMilliseconds), now];
      const milliseconds = Math.min(longestPauseMilliseconds, shortestPauseMilliseconds * 2 ** (ends.length - 1));
      const { pid } = worker.process;
      // One that was told to end by itself is no fault.
      const level = code === 0 ? 'info' : 'error';
      log[level]({ worker: pid, code, signal, failure, milliseconds }, 'a worker ended; another is started');
      setTimeout(start, milliseconds);
    };

    worker.on('message', (report: Report) =>
      onReport(worker, report, (text) => {
        failure = text;
      }),
    );
    worker.once('exit', onEnd);
    // Of telling something to one that just died, which its end tells anyway; or there was no room for a process.
    worker.on('error', (error) => {
      log.warn({ err: error, worker: worker.process.pid }, 'a worker cannot be reached');
      if (worker.process.pid === undefined) onEnd(null, null);
    });
  }

  for (let count = 0; count < config.workers; count += 1) start();
  await first;
  process.stdout.write(welcome(config, owner));
  toTell = () => '';

  async function stop(): Promise<void> {
    isStopping = true;
    if (workers.size === 0) return;
    for (const worker of workers) if (worker.isConnected()) worker.send('stop', () => {});
    const delayMilliseconds = config.stopDelaySeconds * 1000;
    const timers = [
      setTimeout(() => stopListening(workers), delayMilliseconds + mostUntilNobodyConnectsMilliseconds),
      setTimeout(() => {
        for (const worker of workers) worker.process.kill('SIGKILL');
      }, delayMilliseconds + mostUntilStoppedMilliseconds),
    ];
    await allEnded;
    for (const timer of timers) clearTimeout(timer);
  }

  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Whether this process is a worker of a primary. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

function report(what: Report, then: () => void = () => {}): void {
  if (process.connected) process.send?.(what, undefined, undefined, then);
  else then();
}

/** Stops listening when the primary has no more connections for this worker, or is no more. */
export function stopListeningTogether(server: Server, close: () => void): Promise<void> {
  return new Promise((resolve) => {
    // Node's cluster calls it when the primary has let go of this worker. The server's own would cut off what is silent.
    server.close = (done) => {
      if (done) server.once('close', done);
      if (server.listening) close();
      resolve();
      return server;
    };
    process.once('disconnect', () => server.close());
    report('nobody connects', () => {
      if (!process.connected) server.close();
    });
  });
}

/**
 * Serves until the primary says otherwise, ends, or this worker alone is told by a signal. Signals that the terminal or systemd
 * sends to all of a group say no more than the primary does.
 */
export async function serveAsWorker(starting: Promise<Stoppable>): Promise<void> {
  const stop = () => {
    starting.then(
      async (service) => {
        await service.stop();
        process.exit(0);
      },
      () => {},
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('message', (message) => {
    if (message === 'stop') stop();
  });
  let isServing = false;
  cluster.worker?.once('disconnect', () => {
    // It would wait for the primary to let it listen.
    if (!isServing) process.exit(0);
    // Node would end the process in this moment, with the requests that are under way.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    stop();
  });
  try {
    await starting;
    isServing = true;
    report('serving');
  } catch (error) {
    const failure = operatorMessage(error);
    if (failure === null) throw error;
    report({ failure }, () => process.exit(1));
  }
}
