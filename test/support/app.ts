// The whole application for a test: a fresh database, a clock that the test moves, cheap hashing, and an owner who can sign in.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createAccount } from '../../src/accounts/service.js';
import { createApp } from '../../src/app.js';
import { createLastUsed } from '../../src/audit/last-used.js';
import { operatorActor } from '../../src/audit/service.js';
import { bootstrap } from '../../src/bootstrap.js';
import { type Config, loadConfig } from '../../src/config.js';
import type { Deps } from '../../src/deps.js';
import { type Counters, databaseLimiters, insuredCounters } from '../../src/http/counters.js';
import { createOutbound } from '../../src/http/outbound.js';
import { createReadiness } from '../../src/http/readiness.js';
import { createBudget, createRequestLimits } from '../../src/http/request-limits.js';
import { createSharedCounting } from '../../src/http/shared-counting.js';
import { createThrottles } from '../../src/http/throttle.js';
import { createKeys } from '../../src/keys/service.js';
import { createHasher } from '../../src/lib/hasher.js';
import { createIdMaker } from '../../src/lib/ids.js';
import type { Role } from '../../src/lib/roles.js';
import { createSecretKeys } from '../../src/lib/secret-keys.js';
import { createLog } from '../../src/log.js';
import { createMailCourier } from '../../src/mail/courier.js';
import type { Letter, MailTransport } from '../../src/mail/letter.js';
import { createMember } from '../../src/members/service.js';
import { createLogoutCourier } from '../../src/oauth/logout-courier.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { lendSigningKeys } from './signing-keys.js';

/** The least that argon2 allows: tests sign in hundreds of times. */
export const cheapHashParameters = { memoryCost: 1024, timeCost: 2, parallelism: 1 };

export const ownerPassword = 'a long owner password';
export const memberPassword = 'a long member password';

/** A clock that stands still until the test moves it. */
function createFakeClock(start = new Date('2026-06-01T12:00:00.000Z')) {
  let now = start.getTime();
  const clock = () => new Date(now);
  return Object.assign(clock, {
    advance(seconds: number) {
      now += seconds * 1000;
    },
  });
}

export interface TestAppOptions {
  readonly issuer?: string;
  readonly config?: Partial<Config>;
  /** The host name in the issuer of a listening server, 127.0.0.1 by default. It listens there either way. */
  readonly issuerHost?: 'localhost' | '127.0.0.1';
  /** How much later than others the clock that stands still begins: for a process that is started after them. */
  readonly startsAfterSeconds?: number;
  /** The real time instead of a clock that stands still: for client libraries, which look at their own. */
  readonly realTime?: boolean;
  /** An existing database instead of a fresh one, for tests of several processes. */
  readonly database?: TestDatabase;
  /** Where failures are counted, instead of the database. */
  readonly counters?: Counters;
  /** What takes messages, instead of the list that tests read. */
  readonly mailTransport?: MailTransport;
}

/** The application over a fresh database, in process. Close it after the test. */
export async function createTestApp(options: TestAppOptions = {}) {
  const database = options.database ?? (await createTestDatabase());
  const { db, hotPaths, statements } = database;
  const issuer = options.issuer ?? 'http://localhost:4000';
  const config: Config = {
    ...loadConfig({ LATCHKEY_ISSUER: issuer, DATABASE_URL: 'file:unused', LATCHKEY_OWNER_PASSWORD: ownerPassword }),
    secrets: ['a secret for tests of more than 32 bytes'],
    // Tests send in a second what people send in a day, at one moment of a clock that stands still.
    rateLimitFactor: 0,
    ...options.config,
  };
  const fakeClock = createFakeClock();
  fakeClock.advance(options.startsAfterSeconds ?? 0);
  const clock = options.realTime ? () => new Date() : fakeClock;
  const secretKeys = createSecretKeys(config.secrets as [string]);
  const logLines: string[] = [];
  const log = createLog('trace', { write: (line: string) => void logLines.push(line) });
  const keys = createKeys({ db, hotPaths, clock, secretKeys, config, log });
  // Several apps on one database: tests of requests count for each by itself.
  const sharing = createSharedCounting(null, () => clock().getTime());
  const parts = {
    config,
    db,
    hotPaths,
    clock,
    randomBytes,
    newId: createIdMaker(() => clock().getTime(), randomBytes),
    hasher: createHasher(cheapHashParameters, 2, 200),
    throttles: createThrottles(options.counters ?? insuredCounters(databaseLimiters(db), log)),
    requestLimits: createRequestLimits(config.rateLimitFactor, clock, sharing),
    budget: createBudget(config.graphqlPointsPerMinute, clock, sharing),
    secretKeys,
    keys,
    lastUsed: createLastUsed(db, clock, (error) => log.error({ err: error }, 'last used')),
    outbound: createOutbound(config),
    readiness: createReadiness({ db, keys, log }),
    log,
  };
  const mails: Letter[] = [];
  const transport = options.mailTransport ?? {
    async send(letter: Letter) {
      mails.push(letter);
    },
    close() {},
  };
  const deps: Deps = {
    ...parts,
    logoutCourier: createLogoutCourier(parts),
    mailCourier: createMailCourier(parts, transport),
  };
  const returnSigningKeys = options.database ? () => {} : await lendSigningKeys(deps);
  await bootstrap(deps);
  await deps.keys.reload();
  const app = createApp(deps);
  const owner = await db.member.findFirstOrThrow({ where: { role: 'OWNER' }, orderBy: { id: 'asc' } });

  return {
    deps,
    db,
    app,
    issuer,
    statements,
    clock: fakeClock,
    /** Everything that was logged, a line each. */
    logLines,
    /** The messages that were sent, oldest first: after `deps.mailCourier.deliverDue()`. */
    mails,
    owner: { ...owner, password: ownerPassword },
    /** One request in process; a path is taken on the issuer. */
    request: (path: string, init?: RequestInit) => app.request(new URL(path, issuer).href, init),
    /** Another member of the owner's account, or of the account that is named. */
    async addMember(
      role: Exclude<Role, 'OWNER'>,
      email = `${role.toLowerCase()}@example.com`,
      accountId = owner.accountId,
    ) {
      const member = { email, name: `The ${role}`, role, password: memberPassword };
      return { ...(await createMember(deps, operatorActor, accountId, member)), password: memberPassword };
    },
    /** Another account with its owner. */
    async addAccount(name = 'Another account', email = 'owner@another.example') {
      const created = await createAccount(deps, operatorActor, {
        name,
        owner: { email, name: null, password: ownerPassword },
      });
      return { account: created.account, owner: { ...created.owner, password: ownerPassword } };
    },
    /**
     * Empties `statements`: from now on it has what is asked for, and nothing that is written now and then. The change before
     * makes SQLite read anew what it knows to be still the same.
     */
    async beginCounting() {
      await deps.lastUsed.flush();
      await db.$executeRawUnsafe(`UPDATE "Account" SET "name" = "name" || '.'`);
      await db.$executeRawUnsafe(`UPDATE "Account" SET "name" = substr("name", 1, length("name") - 1)`);
      statements.length = 0;
    },
    async close() {
      await deps.lastUsed.flush();
      if (!options.database) await database.close();
      returnSigningKeys();
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof createTestApp>>;

/** The application listening on loopback with the real time, for client libraries and browsers. */
export async function startTestServer(options: TestAppOptions = {}) {
  let answer: ReturnType<typeof getRequestListener> | undefined;
  const server: Server = createServer((request, response) => void answer?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer =
    options.issuer ?? `http://${options.issuerHost ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  const testApp = await createTestApp({ realTime: true, ...options, issuer });
  answer = getRequestListener(testApp.app.fetch);
  return {
    ...testApp,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await testApp.close();
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
