// Many equal requests at once, in one process and in two: one makes something and the others are told what, as if they had come
// later.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Input, succeed } from '../clients/mutate.js';
import { type Processes, startProcesses } from '../races/processes.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { countHashes } from '../support/oauth.js';
import { type Operation, type Outcome, operations, perform } from './operations.js';

let processes: Processes;
let app: TestApp;
/** One caller, as both processes know it. */
let asks: Ask[];
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  const { token } = await apiTokenOf(app, 'ADMIN');
  asks = processes.apps.map((each) => bearer(each, token));
});
afterAll(() => processes.close());

const fifty = Array.from({ length: 50 }, (_, index) => index);

/** Asks fifty times at once and expects one to have made it. */
async function expectOne(operation: Operation, input: Input, callers: readonly Ask[]): Promise<Outcome> {
  const count = async () => ({
    rows: await operation.count(app),
    entries: await app.db.auditLogEntry.count({ where: { action: operation.action } }),
    keys: await app.db.idempotencyRecord.count(),
  });
  const before = await count();
  const outcomes = await Promise.all(
    fifty.map((index) => perform(callers[index % callers.length] as Ask, operation, input)),
  );
  const made = outcomes.filter(({ replayed, secret }) => !replayed && secret !== null);
  expect(made).toHaveLength(1);
  const [first] = made as [Outcome];
  expect(outcomes.filter((outcome) => outcome !== first)).toEqual(
    Array(49).fill({ replayed: true, id: first.id, secret: null, userErrors: [] }),
  );
  expect(await count()).toEqual({ rows: before.rows + 1, entries: before.entries + 1, keys: before.keys + 1 });
  return first;
}

describe.each(operations)('$mutation', (operation) => {
  const prepare = async (idempotencyKey: string) => ({
    ...(await operation.prepare(app, asks[0] as Ask)),
    idempotencyKey,
  });

  test('fifty times at once in one process makes one, and hashes one secret at most', async () => {
    const input = await prepare('in one process');
    const hashes = countHashes(app);
    await expectOne(operation, input, asks.slice(0, 1));
    expect(hashes.hash).toBe(operation.shown === 'clientSecret' ? 1 : 0);
  });

  test('fifty times at once in two processes makes one', async () => {
    for (let round = 0; round < 3; round += 1) {
      await expectOne(operation, await prepare(`in two processes ${round}`), asks);
    }
  });

  test('with two inputs under one key makes one of them, and refuses the other', async () => {
    const input = await prepare('two inputs');
    const inputs = [input, { ...input, ...operation.otherwise }];
    const before = await operation.count(app);
    const outcomes = await Promise.all(
      fifty.slice(0, 20).map((index) => perform(asks[index % 2] as Ask, operation, inputs[index % 2] as Input)),
    );
    expect(await operation.count(app)).toBe(before + 1);
    const [first] = outcomes.filter(({ secret }) => secret !== null) as [Outcome];
    for (const [index, outcome] of outcomes.entries()) {
      if (index % 2 === outcomes.indexOf(first) % 2) expect(outcome.id).toBe(first.id);
      else expect(outcome.userErrors).toMatchObject([{ code: 'CONFLICT', path: ['idempotencyKey'] }]);
    }
  });

  test('that fails fifty times at once fails for each, and leaves the key free', async () => {
    const input = await prepare('fails');
    const outcomes = await Promise.all(
      fifty.map((index) => perform(asks[index % 2] as Ask, operation, { ...input, ...operation.faulty })),
    );
    for (const { replayed, id, userErrors } of outcomes) {
      expect({ replayed, id }).toEqual({ replayed: false, id: null });
      expect(userErrors[0]?.code).toMatch(/REQUIRED|INVALID/);
    }
    expect(await perform(asks[1] as Ask, operation, input)).toMatchObject({ replayed: false, userErrors: [] });
  });
});

test('a rotation that gives the fifth secret is no failure for those who asked for the same', async () => {
  const rotate = operations.find(({ mutation }) => mutation === 'rotateOAuthClientSecret') as Operation;
  for (let round = 0; round < 3; round += 1) {
    const input = await rotate.prepare(app, asks[0] as Ask);
    for (let secrets = 1; secrets < 4; secrets += 1) {
      await succeed(asks[0] as Ask, 'rotateOAuthClientSecret', { id: input.id });
    }
    await expectOne(rotate, { ...input, idempotencyKey: `the fifth ${round}` }, asks);
  }
});

test('a rotation that ends the old token at once is no failure for those who asked for the same', async () => {
  const rotate = operations.find(({ mutation }) => mutation === 'rotateApiToken') as Operation;
  for (let round = 0; round < 3; round += 1) {
    const input = { ...(await rotate.prepare(app, asks[0] as Ask)), previousTokenExpiresInSeconds: 0 };
    await expectOne(rotate, { ...input, idempotencyKey: `at once ${round}` }, asks);
  }
});
