// Ten thousand passwords and ten thousand client secrets guessed at the compiled service, with the hashes that it has in
// production, from hundreds of addresses and at many members at once; and honest people who sign in meanwhile, in a browser that
// they signed in with before and in new ones elsewhere.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHasher, productionHashParameters } from '../../src/lib/hasher.js';
import { createTestApp, memberPassword } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  attackingAddresses,
  guessPasswords,
  guessSecrets,
  repeat,
  signInFrom,
  sum,
  tokenFrom,
} from '../support/guessing.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';

// Fewer where a machine is busy with other things: TEST_GUESSES=1000.
const guesses = Number(process.env.TEST_GUESSES ?? 10_000);
const robot = { grantTypes: ['client_credentials'] as const, redirectUris: [], scopes: ['reader'] };
const honest = { email: 'honest@example.com', password: memberPassword };
const honestAddress = '192.0.2.10';
const send = (url: string, init: RequestInit) => fetch(url, init);

let database: TestDatabase;
let service: ServiceProcess;
let issuer: string;
let emails: string[];
let clients: TestClient[];

/** Members and clients whose secrets are hashed as in production. */
async function furnish(): Promise<void> {
  const app = await createTestApp({ database });
  Object.assign(app.deps, { hasher: createHasher(productionHashParameters, 2) });
  emails = [honest.email];
  await app.addMember('ADMIN', honest.email);
  for (let index = 0; index < 15; index += 1)
    emails.push((await app.addMember('WRITER', `m${index}@example.com`)).email);
  for (let index = 0; index < 4; index += 1) emails.push(`nobody-${index}@example.com`);
  clients = [];
  for (let index = 0; index < 5; index += 1) clients.push(await registerClient(app, robot));
  await app.close();
}

beforeAll(async () => {
  database = await createTestDatabase();
  await furnish();
  const port = await freePort();
  issuer = `http://localhost:${port}`;
  service = await startServiceProcess(port, database.url, {
    LATCHKEY_TRUSTED_PROXIES: '127.0.0.0/8, ::1',
    LATCHKEY_LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  await service.stop();
  await database.close();
});

/** Megabytes that the service has in memory. */
function memoryOf(name: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}

function summary(milliseconds: readonly number[]): { median: number; most: number; times: number } {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  const at = (index: number) => Math.round(sorted[index] ?? 0);
  return { median: at(Math.floor(sorted.length / 2)), most: at(sorted.length - 1), times: sorted.length };
}

test('ten thousand passwords and ten thousand secrets cost few hashes, and keep no honest person or client out', async () => {
  const known = new TestBrowser(send, issuer);
  expect((await signInFrom(known, issuer, honest, honestAddress)).status).toBe(303);
  const memoryBefore = memoryOf('VmRSS');
  // One of the guessers sits in the honest person's own network.
  const addresses = [honestAddress, ...attackingAddresses(20, 10)];
  const began = performance.now();
  const attack = Promise.all([
    guessPasswords(send, issuer, { times: guesses, atOnce: 24, emails, addresses }),
    guessSecrets(send, issuer, { times: guesses, atOnce: 12, clients, addresses }),
  ]);

  let isOver = false;
  const took = { known: [] as number[], elsewhere: [] as number[] };
  const refused: number[] = [];
  const honestly = async () => {
    for (let round = 0; !isOver; round += 1) {
      const answers = {
        known: await signInFrom(known, issuer, honest, honestAddress),
        elsewhere: await signInFrom(new TestBrowser(send, issuer), issuer, honest, `203.0.${round % 250}.7`),
      };
      for (const place of ['known', 'elsewhere'] as const) {
        took[place].push(answers[place].milliseconds);
        if (answers[place].status !== 303) refused.push(answers[place].status);
      }
      // A member may sign in sixty times a minute, far more often than a person does: this one keeps below that.
      await pause(1_100);
    }
  };
  const finished = attack.finally(() => {
    isOver = true;
  });
  const [[passwords, secrets]] = await Promise.all([finished, honestly()]);

  const figures = {
    seconds: Math.round((performance.now() - began) / 1000),
    passwords: Object.fromEntries(passwords),
    secrets: Object.fromEntries(secrets),
    knownBrowser: summary(took.known),
    newBrowserElsewhere: summary(took.elsewhere),
    megabytes: { before: memoryBefore, after: memoryOf('VmRSS'), most: memoryOf('VmHWM') },
  };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);

  expect([sum(passwords), sum(secrets)]).toEqual([guesses, guesses]);
  expect(refused).toEqual([]);
  expect(figures.knownBrowser.median).toBeLessThan(2000);
  expect(figures.newBrowserElsewhere.median).toBeLessThan(2000);
  // 400 and 401 alone were hashed.
  expect([...passwords.keys()].every((status) => [400, 429, 503].includes(status))).toBe(true);
  expect([...secrets.keys()].every((status) => [401, 429, 503].includes(status))).toBe(true);
  expect(passwords.get(400)).toBeLessThan(2500);
  // Anew every five minutes.
  expect(secrets.get(401)).toBeLessThan(600 * (1 + Math.ceil(figures.seconds / 300)));
  expect(figures.megabytes.most - memoryBefore).toBeLessThan(400);
  for (const client of clients) expect(await tokenFrom(send, issuer, client, '203.0.113.99')).toBe(200);
}, 1_800_000);

test('ten times what the queue holds is shed at once, and it recovers at once', async () => {
  const known = new TestBrowser(send, issuer);
  expect((await signInFrom(known, issuer, honest, '192.0.2.11')).status).toBe(303);
  const waits: number[] = [];
  const refusals: (string | null)[] = [];
  const flood = repeat(2000, 1000, async (index) => {
    const stranger = { email: `stranger-${index}@example.com`, password: 'not the password' };
    const address = `198.19.${index % 250}.${Math.floor(index / 250) + 1}`;
    const { status, milliseconds, retryAfter } = await signInFrom(
      new TestBrowser(send, issuer),
      issuer,
      stranger,
      address,
    );
    waits.push(milliseconds);
    if (status === 503) refusals.push(retryAfter);
    else expect(status).toBe(400);
  });
  await pause(500);
  const meanwhile = await signInFrom(known, issuer, honest, '192.0.2.11');
  await flood;
  const after = await signInFrom(new TestBrowser(send, issuer), issuer, honest, '203.0.113.50');
  const shed = { refused: refusals.length, known: Math.round(meanwhile.milliseconds), waits: summary(waits) };
  process.stdout.write(`${JSON.stringify({ ...shed, after: Math.round(after.milliseconds) }, null, 2)}\n`);
  expect([meanwhile.status, after.status]).toEqual([303, 303]);
  expect(refusals.length).toBeGreaterThan(0);
  expect(new Set(refusals)).toEqual(new Set(['2']));
}, 900_000);
