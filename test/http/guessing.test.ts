// A guessing run in small: a hundred and fifty passwords and as many client secrets, and honest people meanwhile. In full, against
// the compiled service with its real hashes, it is test/long/guessing.test.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHasher } from '../../src/lib/hasher.js';
import { cheapHashParameters, createTestApp, memberPassword, type TestApp } from '../support/app.js';
import {
  attackingAddresses,
  guessPasswords,
  guessSecrets,
  repeat,
  signInFrom,
  sum,
  type Tally,
  tokenFrom,
} from '../support/guessing.js';
import { countHashes, newBrowser, registerClient } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ config: { trustedProxies: 1, rateLimitFactor: 1 } });
});
afterAll(() => app.close());

const robot = { grantTypes: ['client_credentials'] as const, redirectUris: [], scopes: ['reader'] };
const send = (url: string, init: RequestInit) => app.app.request(url, init);

test('hundreds of guesses cost few hashes, and honest people and clients get in all the while', async () => {
  const honest = await app.addMember('ADMIN', 'honest@example.com');
  const client = await registerClient(app, robot);
  const known = newBrowser(app);
  expect((await signInFrom(known, app.issuer, honest, '192.0.2.10')).status).toBe(303);
  const counted = countHashes(app);
  const addresses = ['192.0.2.10', ...attackingAddresses(5, 6)];

  const attack = Promise.all([
    guessPasswords(send, app.issuer, {
      times: 150,
      atOnce: 10,
      emails: [honest.email, 'nobody@example.com'],
      addresses,
    }),
    guessSecrets(send, app.issuer, { times: 150, atOnce: 5, clients: [client], addresses }),
  ]);
  let isOver = false;
  const honestStatuses: Tally = new Map();
  const honestly = async () => {
    for (let round = 0; !isOver || round === 0; round += 1) {
      const answers = [
        await signInFrom(known, app.issuer, honest, '192.0.2.10'),
        await signInFrom(newBrowser(app), app.issuer, honest, `203.0.113.${(round % 250) + 1}`),
      ];
      for (const { status } of answers) honestStatuses.set(status, (honestStatuses.get(status) ?? 0) + 1);
      await pause(200);
    }
  };
  const [[passwords, secrets]] = await Promise.all([attack.finally(() => (isOver = true)), honestly()]);

  expect([...honestStatuses.keys()]).toEqual([303]);
  expect([sum(passwords), sum(secrets)]).toEqual([150, 150]);
  expect([...passwords.keys(), ...secrets.keys()].every((status) => [400, 401, 429, 503].includes(status))).toBe(true);
  expect(passwords.get(429)).toBeGreaterThan(40);
  expect(secrets.get(429)).toBeGreaterThan(30);
  expect(counted.verify + counted.burn - sum(honestStatuses)).toBeLessThan(200);
  expect(await tokenFrom(send, app.issuer, client, '203.0.113.7')).toBe(200);
  expect(await tokenFrom(send, app.issuer, client, '198.18.0.1')).toBe(200);
}, 180_000);

test('a full queue answers 503 with Retry-After at once, and a known browser finds its place', async () => {
  const honest = await app.addMember('ADMIN', 'in-a-hurry@example.com');
  const known = newBrowser(app);
  await signInFrom(known, app.issuer, honest, '192.0.2.11');
  const before = app.deps.hasher;
  Object.assign(app.deps, { hasher: createHasher(cheapHashParameters, 1, 5) });
  try {
    const refusals: (string | null)[] = [];
    const statuses = new Set<number>();
    const flood = repeat(200, 100, async (index) => {
      const stranger = { email: `nobody-${index}@example.com`, password: memberPassword };
      const { status, retryAfter } = await signInFrom(newBrowser(app), app.issuer, stranger, `198.19.${index}.1`);
      statuses.add(status);
      if (status === 503) refusals.push(retryAfter);
    });
    for (let count = 0; count < 5; count += 1) {
      expect((await signInFrom(known, app.issuer, honest, '192.0.2.11')).status).toBe(303);
    }
    await flood;
    expect([...statuses].sort()).toEqual([400, 503]);
    expect(refusals.length).toBeGreaterThan(20);
    expect(new Set(refusals)).toEqual(new Set(['2']));
  } finally {
    Object.assign(app.deps, { hasher: before });
  }
});
