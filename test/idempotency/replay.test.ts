// The same mutation under the same idempotency key: made once, told again without its secret, for a day. With another input the
// key is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Input } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { type Outcome, operations, perform } from './operations.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
afterAll(() => app.close());

const replayOf = ({ id }: Outcome): Outcome => ({ replayed: true, id, secret: null, userErrors: [] });
const conflict = {
  replayed: false,
  id: null,
  secret: null,
  userErrors: [
    {
      code: 'CONFLICT',
      path: ['idempotencyKey'],
      message: 'This idempotency key was used with another input in the last 24 hours. Use a new key.',
    },
  ],
};

describe.each(operations)('$mutation', (operation) => {
  let input: Input;
  let number = 0;
  beforeEach(async () => {
    number += 1;
    input = { ...(await operation.prepare(app, ask)), idempotencyKey: `${operation.mutation} ${number}` };
  });
  const run = (more: Input = {}) => perform(ask, operation, { ...input, ...more });
  const stored = async () => ({
    rows: await operation.count(app),
    entries: await app.db.auditLogEntry.count({ where: { action: operation.action } }),
    keys: await app.db.idempotencyRecord.count(),
  });

  test('makes one thing, however often it is asked for, and shows the secret once', async () => {
    const before = await stored();
    const first = await run();
    expect(first).toEqual({
      replayed: false,
      id: expect.stringMatching(/^(cli|sec|tok)_/),
      secret: expect.stringMatching(/^lk[st]_/),
      userErrors: [],
    });
    for (let times = 0; times < 3; times += 1) expect(await run()).toEqual(replayOf(first));
    expect(await stored()).toEqual({ rows: before.rows + 1, entries: before.entries + 1, keys: before.keys + 1 });
  });

  test('makes another each time without a key, and under another key', async () => {
    const keys = [
      null,
      undefined,
      input.idempotencyKey,
      `${input.idempotencyKey} `,
      `${input.idempotencyKey}`.toUpperCase(),
    ];
    const outcomes: Outcome[] = [];
    for (const idempotencyKey of keys) {
      outcomes.push(await perform(ask, operation, { ...(await operation.prepare(app, ask)), idempotencyKey }));
    }
    expect(outcomes.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(outcomes.map(({ replayed }) => replayed)).toEqual(keys.map(() => false));
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(keys.length);
  });

  test('knows the input again in another order, and with its defaults spelled out', async () => {
    const first = await run();
    const reversed = Object.fromEntries(
      Object.entries(input)
        .map(([name, value]) => [
          name,
          value !== null && typeof value === 'object' && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).toReversed())
            : value,
        ])
        .toReversed(),
    );
    expect(await perform(ask, operation, reversed)).toEqual(replayOf(first));
    expect(await run(operation.defaults)).toEqual(replayOf(first));
    if ('expiresAt' in input) {
      // The same moment, written otherwise.
      expect(await run({ expiresAt: '2030-01-01T01:00:00+01:00' })).toEqual(replayOf(first));
    }
  });

  test('refuses the key for another input, and makes nothing', async () => {
    const first = await run();
    const before = await stored();
    expect(await run(operation.otherwise)).toEqual(conflict);
    // What is wrong with the other input is no matter then.
    expect(await run(operation.faulty)).toEqual(conflict);
    expect(await stored()).toEqual(before);
    expect(await run()).toEqual(replayOf(first));
  });

  test('leaves the key free when it failed, for whatever input comes next', async () => {
    const before = await stored();
    const failed = await run(operation.faulty);
    expect(failed).toMatchObject({ replayed: false, id: null, secret: null });
    expect(failed.userErrors[0]?.code).toMatch(/REQUIRED|INVALID/);
    expect(await stored()).toEqual(before);
    const made = await run();
    expect(made).toMatchObject({ replayed: false, userErrors: [] });
    expect(await run()).toEqual(replayOf(made));
  });

  test('frees the key after a day, to the second, and keeps it for a day again', async () => {
    const first = await run();
    app.clock.advance(86_399);
    expect(await run()).toEqual(replayOf(first));
    app.clock.advance(1);
    const next = { ...(await operation.prepare(app, ask)), idempotencyKey: input.idempotencyKey };
    const { keys } = await stored();
    const second = await perform(ask, operation, next);
    expect(second).toMatchObject({ replayed: false, secret: expect.any(String), userErrors: [] });
    expect(second.id).not.toBe(first.id);
    // In the old one's place.
    expect((await stored()).keys).toBe(keys);
    app.clock.advance(86_399);
    expect(await perform(ask, operation, next)).toEqual(replayOf(second));
  });

  test('tells of what is gone since with null, and makes nothing in its place', async () => {
    const first = await run();
    await operation.remove(ask, first.id ?? '');
    const before = await stored();
    expect(await run()).toEqual({ ...replayOf(first), id: null });
    expect(await stored()).toEqual(before);
    expect(await run(operation.otherwise)).toEqual(conflict);
  });

  test('twice in one document makes one thing too', async () => {
    const type = `${operation.mutation.charAt(0).toUpperCase()}${operation.mutation.slice(1)}Input!`;
    const one = `${operation.mutation}(input: $input) { replayed ${operation.selection} userErrors { code } }`;
    const { data } = await ask(`mutation ($input: ${type}) { first: ${one} second: ${one} }`, { input });
    expect([data.first.replayed, data.second.replayed]).toEqual([false, true]);
    expect(data.second[operation.made]).toEqual(data.first[operation.made]);
    expect([typeof data.first[operation.shown], data.second[operation.shown]]).toEqual(['string', null]);
  });
});

test('a replayed rotation still names the client, as long as there is one', async () => {
  const operation = operations.find(({ mutation }) => mutation === 'rotateOAuthClientSecret') as (typeof operations)[0];
  const input: Input = { ...(await operation.prepare(app, ask)), idempotencyKey: 'names the client' };
  const selected = { ...operation, selection: 'oauthClient { id } clientSecret', made: 'oauthClient' };
  const first = await perform(ask, operation, input);
  expect(await perform(ask, selected, input)).toMatchObject({ replayed: true, id: input.id });
  await operation.remove(ask, first.id ?? '');
  expect(await perform(ask, selected, input)).toMatchObject({ replayed: true, id: input.id });
  await operations[0]?.remove(ask, String(input.id));
  expect(await perform(ask, selected, input)).toMatchObject({ replayed: true, id: null, userErrors: [] });
});
