// Many who rotate a client's secret at once, in one process and in two: never more than five living secrets, and every one
// that was shown is one that works.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { machine, mutate, tokenWith } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
let app: TestApp;
let asks: Ask[];
let client: TestClient;
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  asks = await Promise.all(processes.apps.map(async (each) => bearer(each, (await apiTokenOf(each, 'ADMIN')).token)));
});
beforeEach(async () => {
  client = await registerClient(app, machine);
});
afterAll(() => processes.close());

const twenty = Array.from({ length: 20 }, (_, index) => index);

interface Rotated {
  readonly clientSecret: string | null;
  readonly userErrors: readonly { readonly code: string }[];
}

const rotate = (ask: Ask | undefined, overlap: number): Promise<Rotated> =>
  mutate(
    ask as Ask,
    'rotateOAuthClientSecret',
    { id: client.id, previousSecretsExpireInSeconds: overlap },
    'clientSecret',
  );

const living = () => app.db.oAuthClientSecret.count({ where: { clientId: client.id, revokedAt: null } });
const rotations = () =>
  app.db.auditLogEntry.count({ where: { targetId: client.id, action: 'OAUTH_CLIENT_SECRET_ROTATED' } });

test.each([
  ['one process', 1],
  ['two processes', 2],
])('twenty at once in %s give four more secrets, and the others are told of the limit', async (_name, count) => {
  const answers = await Promise.all(twenty.map((index) => rotate(asks[index % count], 600)));
  const made = answers.filter(({ userErrors }) => userErrors.length === 0);
  expect(made).toHaveLength(4);
  expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual(
    Array(16).fill('LIMIT_EXCEEDED'),
  );
  expect(await living()).toBe(5);
  expect(await rotations()).toBe(4);
  for (const secret of [client.secret, ...made.map(({ clientSecret }) => clientSecret)]) {
    expect(await tokenWith(app, client.clientId, secret)).toBe('token');
  }
});

test('twenty at once that each end all others leave the one that came last', async () => {
  const answers = await Promise.all(twenty.map((index) => rotate(asks[index % 2], 0)));
  expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  expect(await living()).toBe(1);
  expect(await rotations()).toBe(20);
  const outcomes = await Promise.all(answers.map(({ clientSecret }) => tokenWith(app, client.clientId, clientSecret)));
  expect(outcomes.filter((outcome) => outcome === 'token')).toHaveLength(1);
  expect(await tokenWith(app, client.clientId, client.secret)).toBe('401 invalid_client');
});

test('a client that is deleted meanwhile has no secret left, and nobody meets a fault of ours', async () => {
  const answers = await Promise.all(
    twenty.map((index) =>
      index === 5
        ? mutate(asks[0] as Ask, 'deleteOAuthClient', { id: client.id }, 'revokedSecretCount')
        : rotate(asks[index % 2], 0),
    ),
  );
  expect(answers[5]).toMatchObject({ revokedSecretCount: 1, userErrors: [] });
  for (const { userErrors } of answers) {
    expect(['', 'NOT_FOUND']).toContain(userErrors.map(({ code }: { code: string }) => code).join());
  }
  expect(await app.db.oAuthClientSecret.count({ where: { clientId: client.id } })).toBe(0);
});
