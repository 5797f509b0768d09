// The running service: compose, first start, listen. How it ends is stopping.ts's part.
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { loadGraphql } from './api/routes.js';
import { createApp } from './app.js';
import { bootstrap, checkFirstAccount } from './bootstrap.js';
import { compose } from './compose.js';
import { type Config, loadConfig } from './config.js';
import { isOpenElsewhere } from './db/open-elsewhere.js';
import { providerOf, sqlitePath } from './db/url.js';
import type { Deps } from './deps.js';
import { shedding } from './http/shedding.js';
import { packageRoot } from './lib/package-root.js';
import { listen, placeOf } from './listening.js';
import { mailWarning } from './mail/transport.js';
import { startMaintenance } from './maintenance.js';
import { operatorMessage } from './operator-message.js';
import { prepareStop, type Stoppable, stopAtSignal } from './stopping.js';
import { followCertificate, readCertificate } from './tls.js';
import { welcome } from './welcome.js';

/** How long a client may take, in milliseconds, before it is answered 408 and its connection closed. */
export const patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than load balancers keep a silent connection (60 seconds as a rule): whoever closes first, closes on a request that is
  // on its way. Of how long a request takes this says nothing.
  keepAliveTimeout: 75_000,
  // Node looks every 30 seconds by itself, so that ten seconds could last forty.
  connectionsCheckingInterval: 1_000,
};

const version = (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { readonly version: string })
  .version;

/** What whoever reads the log must know of how it was started. Of what holds a password only whether it is there. */
function startFacts(config: Config) {
  return {
    version,
    node: process.version,
    database: providerOf(config.databaseUrl),
    issuer: config.issuer,
    listens: placeOf(config),
    tls: config.tls !== null,
    workers: config.workers,
    ...(providerOf(config.databaseUrl) === 'postgresql' ? { databasePool: config.databasePool } : {}),
    maxInFlight: config.maxInFlight,
    rateLimitFactor: config.rateLimitFactor,
    redis: config.redisUrl !== null,
    mail: config.smtp !== null,
    trustedProxies: config.trustedProxies,
    corsOrigins: config.corsOrigins,
    outboundAllow: config.outboundAllow,
    refreshGraceSeconds: config.refreshGraceSeconds,
    auditRetentionDays: config.auditRetentionDays,
    stopDelaySeconds: config.stopDelaySeconds,
  };
}

const sharedWarning =
  'another process has the database file open. If it is a Latchkey that serves, stop one of them: each waits while the other writes, is late to see new signing keys, and counts requests by itself. Several processes need PostgreSQL.';

/** Whether the SQLite file is somebody else's already. What is wrong with it otherwise is for whoever opens it to say. */
async function isServedElsewhere({ databaseUrl }: Config): Promise<boolean> {
  if (providerOf(databaseUrl) !== 'sqlite') return false;
  return isOpenElsewhere(sqlitePath(databaseUrl)).catch(() => false);
}

/**
 * How long after the start GraphQL is loaded, so that its first request need not wait for it. Not at once: it takes the
 * thread for as long as the rest of the start did, and those who waited for that ask now.
 */
const untilGraphqlMilliseconds = 1_000;

/** A server that speaks https when a certificate is named. @throws ConfigError */
async function createHttpServer(
  config: Config,
  log: Deps['log'],
  timeouts: typeof patience,
  listener: RequestListener,
) {
  const certificate = await readCertificate(config);
  if (certificate === null) return createServer(timeouts, listener);
  const server = createSecureServer({ ...timeouts, ...certificate, minVersion: 'TLSv1.2' }, listener);
  server.once('close', followCertificate(server, config, certificate, log));
  return server;
}

/** What a process does differently when it serves for another one, which started it and others. */
interface Together {
  /** Stops listening in agreement with the others. */
  stopListening(server: Server, close: () => void): Promise<void>;
}

/**
 * Starts the service and resolves when it listens.
 * @param together for one of several; who started it welcomes the operator
 * @returns how to stop it
 */
export async function serve(config: Config, timeouts = patience, together?: Together): Promise<Stoppable> {
  await checkFirstAccount(config);
  const isShared = await isServedElsewhere(config);
  const { deps, close } = await compose(config);
  const shed = shedding(createApp(deps).fetch, config.maxInFlight, deps.log);
  // Requests that come before the first start is done wait for it.
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let answer: RequestListener = (request, response) => void begun.then(() => shed.listener(request, response));
  const answerNow: RequestListener = (request, response) => answer(request, response);
  const server = await createHttpServer(config, deps.log, timeouts, answerNow).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  server.on('connection', shed.accepted).on('secureConnection', shed.accepted);
  const couriers = [deps.logoutCourier, deps.mailCourier];
  let stopMaintenance = async () => {};
  let loadingSoon: NodeJS.Timeout | undefined;
  let loadingGraphql: Promise<unknown> | undefined;
  const stoppable = prepareStop({
    server,
    delayMilliseconds: config.stopDelaySeconds * 1000,
    stopListening: (close) => (together ? together.stopListening(server, close) : close()),
    onBegin() {
      clearTimeout(loadingSoon);
      deps.readiness.end();
      deps.log.info('stopping');
    },
    // The last request may have signed somebody out. What is not sent in time is sent after the next start.
    afterRequests: () => Promise.all([loadingGraphql, stopMaintenance(), ...couriers.map((courier) => courier.stop())]),
    async atEnd() {
      shed.stop();
      await close();
      deps.log.info('stopped');
    },
  });
  try {
    // Before an owner is made, whose password is shown once: a port that is in use must not cost it.
    await listen(server, config);
    const owner = await bootstrap(deps);
    begin();
    answer = shed.listener;
    if (!together) process.stdout.write(welcome(config, owner));
    deps.log.info(startFacts(config), 'started');
    loadingSoon = setTimeout(() => {
      loadingGraphql = loadGraphql();
    }, untilGraphqlMilliseconds);
    stopMaintenance = startMaintenance(deps);
    for (const courier of couriers) courier.start();
    if (isShared) deps.log.warn(sharedWarning);
    const warning = mailWarning(config);
    if (warning !== null) deps.log.warn(warning);
    return stoppable;
  } catch (error) {
    shed.stop();
    server.close();
    server.closeAllConnections();
    await close();
    throw error;
  }
}

/** Serves until SIGINT or SIGTERM. What an operator can mend is printed without a stack, and the process ends with 1. */
export async function runService(): Promise<void> {
  try {
    const config = loadConfig(process.env);
    const workers = config.workers > 1 ? await import('./workers.js') : null;
    if (workers?.isWorker()) {
      await workers.serveAsWorker(serve(config, patience, { stopListening: workers.stopListeningTogether }));
      return;
    }
    const starting = workers ? workers.startWorkers(config) : serve(config);
    stopAtSignal(starting);
    await starting;
  } catch (error) {
    const message = operatorMessage(error);
    if (message === null) throw error;
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}
