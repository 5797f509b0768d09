// Several processes behind one port (LATCHKEY_WORKERS). The primary prepares the database, starts the workers, starts anew those
// that end by themselves, and stops them all; it serves nothing. What a worker serves is serve.ts's part.
import cluster, { type Worker } from 'node:cluster';
import { createServer, type Server } from 'node:net';
import type { Logger } from 'pino';
import { bootstrap, type FirstOwner, isFirstStart } from './bootstrap.js';
import { compose } from './compose.js';
import type { Config } from './config.js';
import { listen } from './listening.js';
import { operatorMessage } from './operator-message.js';
import { type Stoppable, stoppable } from './stopping.js';
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
  // A port that is in use must not cost the first owner's password, which is shown once. At any other start a load balancer may look
  // at the port already, and nobody is to be connected with what does not serve: there the workers say that it is in use.
  const port = createServer((socket) => socket.resetAndDestroy());
  try {
    if (await isFirstStart(deps)) await listen(port, config);
    return { owner: await bootstrap(deps), log: deps.log };
  } finally {
    port.close();
    await close();
  }
}

/** What the primary knows of a worker. */
interface Known {
  isServing: boolean;
  /** By its own word: whoever connected to it was taken, so that to close it cuts off nobody. */
  nobodyConnects: boolean;
  /** Why it could not start, in its own words. */
  failure: string | undefined;
}

/** The workers of a primary. Each that ends by itself is replaced, until all are stopped. */
class Workers {
  readonly #log: Logger;
  readonly #giveUp: (failure: string | undefined) => never;
  readonly #workers = new Map<Worker, Known>();
  #isStopping = false;
  #failedStarts = 0;
  #recentEnds: number[] = [];
  #onServing = () => {};
  #onAllEnded = () => {};

  /** @param giveUp called when another start would not help, with what the last worker said of why */
  constructor(log: Logger, giveUp: (failure: string | undefined) => never) {
    this.#log = log;
    this.#giveUp = giveUp;
  }

  /** Starts so many. Resolves when one of them serves. */
  start(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onServing = resolve;
      for (let started = 0; started < count; started += 1) this.#startOne();
    });
  }

  /** Tells all to stop, and sees to it. Resolves when the last one has ended. */
  async stop(delayMilliseconds: number): Promise<void> {
    this.#isStopping = true;
    if (this.#workers.size === 0) return;
    const allEnded = new Promise<void>((resolve) => {
      this.#onAllEnded = resolve;
    });
    for (const worker of this.#workers.keys()) if (worker.isConnected()) worker.send('stop', () => {});
    const timers = [
      setTimeout(() => this.#stopListening(), delayMilliseconds + mostUntilNobodyConnectsMilliseconds),
      setTimeout(() => this.kill(), delayMilliseconds + mostUntilStoppedMilliseconds),
    ];
    await allEnded;
    for (const timer of timers) clearTimeout(timer);
  }

  /** Ends all in this moment, whatever is under way. */
  kill(): void {
    for (const worker of this.#workers.keys()) worker.process.kill('SIGKILL');
  }

  #startOne(): void {
    if (this.#isStopping) return;
    const worker = cluster.fork();
    const known: Known = { isServing: false, nobodyConnects: false, failure: undefined };
    this.#workers.set(worker, known);
    worker.on('message', (report: Report) => this.#onReport(worker, known, report));
    worker.once('exit', (code, signal) => this.#onEnd(worker, known, code, signal));
    // Of telling something to one that just died, which its end tells anyway; or there was no room for a process.
    worker.on('error', (error) => {
      this.#log.warn({ err: error, worker: worker.process.pid }, 'a worker cannot be reached');
      if (worker.process.pid === undefined) this.#onEnd(worker, known, null, null);
    });
  }

  #onReport(worker: Worker, known: Known, report: Report): void {
    if (report === 'serving') {
      known.isServing = true;
      this.#failedStarts = 0;
      this.#onServing();
    } else if (report === 'nobody connects') {
      known.nobodyConnects = true;
      if (!this.#isStopping) this.#stopListening([worker]);
      else if ([...this.#workers.values()].every(({ nobodyConnects }) => nobodyConnects)) this.#stopListening();
    } else {
      known.failure = report.failure;
    }
  }

  /** Takes no more connections, for all of them in one moment: none is given to one that has closed. */
  #stopListening(which: Iterable<Worker> = this.#workers.keys()): void {
    for (const worker of which) if (worker.isConnected()) worker.disconnect();
  }

  #onEnd(worker: Worker, { isServing, failure }: Known, code: number | null, signal: string | null): void {
    this.#workers.delete(worker);
    if (this.#isStopping) {
      if (this.#workers.size === 0) this.#onAllEnded();
      return;
    }
    if (!isServing) this.#failedStarts += 1;
    const doesAnyServe = [...this.#workers.values()].some((other) => other.isServing);
    if (this.#failedStarts >= mostFailedStarts && !doesAnyServe) this.#giveUp(failure);
    const milliseconds = this.#pauseAfterEnd();
    // One that was told to end by itself is no fault.
    const level = code === 0 ? 'info' : 'error';
    const { pid } = worker.process;
    this.#log[level]({ worker: pid, code, signal, failure, milliseconds }, 'a worker ended; another is started');
    setTimeout(() => this.#startOne(), milliseconds);
  }

  /** @returns how many milliseconds to wait before the next one: longer, the more have ended of late */
  #pauseAfterEnd(): number {
    const now = performance.now();
    this.#recentEnds = [...this.#recentEnds.filter((at) => now - at < recentMilliseconds), now];
    return Math.min(longestPauseMilliseconds, shortestPauseMilliseconds * 2 ** (this.#recentEnds.length - 1));
  }
}

/**
 * Starts the workers, and says so on standard output when one serves.
 * @returns how to stop them all
 * @throws what `compose`, `readCertificate` and `bootstrap` do
 */
export async function startWorkers(config: Config): Promise<Stoppable> {
  const { owner, log } = await prepare(config);
  let untold = firstSignIn(owner);
  const workers = new Workers(log, (failure) => {
    process.stdout.write(untold);
    process.stderr.write(`${failure ?? 'The workers end as soon as they are started; what they said stands above.'}\n`);
    process.exit(1);
  });
  // However this process ends: a worker that nobody watches over would hold connections and serve what is old.
  process.once('exit', () => workers.kill());
  await workers.start(config.workers);
  process.stdout.write(welcome(config, owner));
  untold = '';
  return stoppable(() => workers.stop(config.stopDelaySeconds * 1000));
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
