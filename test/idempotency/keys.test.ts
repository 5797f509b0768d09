// What an idempotency key is: whose it is, how long it may be, and that nobody reads it anywhere afterwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Input } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type Operation, operations, perform } from './operations.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
});
afterAll(() => app.close());

const [createClient, , createToken] = operations as [Operation, Operation, Operation, Operation];
const client = { name: 'App', redirectUris: ['https://app.example.com/callback'] };

describe('the same key and input', () => {
  test('of each actor is another: session, API tokens, members', async () => {
    const admin = await app.addMember('ADMIN');
    const callers: Ask[] = [
      ask,
      bearer(app, (await apiTokenOf(app, 'ADMIN')).token),
      await signedIn(app, app.owner),
      await signedIn(app, admin),
      bearer(app, (await apiTokenOf(app, 'ADMIN', admin)).token),
    ];
    const input = { ...client, idempotencyKey: 'of each actor' };
    const made = await Promise.all(callers.map((caller) => perform(caller, createClient, input)));
    expect(made.map(({ replayed }) => replayed)).toEqual(callers.map(() => false));
    expect(new Set(made.map(({ id }) => id)).size).toBe(callers.length);
    for (const [index, caller] of callers.entries()) {
      expect(await perform(caller, createClient, input)).toMatchObject({ replayed: true, id: made[index]?.id });
    }
  });

  test('of one member is the same in each of their browsers', async () => {
    const input = { ...client, idempotencyKey: 'of one member' };
    const first = await perform(await signedIn(app, app.owner), createClient, input);
    const second = await perform(await signedIn(app, app.owner), createClient, input);
    expect(second).toMatchObject({ replayed: true, id: first.id, secret: null });
  });

  test('of another account is another, and neither sees what the other made', async () => {
    const other = await app.addAccount();
    const theirs = await signedIn(app, other.owner);
    const input = { ...client, idempotencyKey: 'of another account' };
    const [mine, their] = [await perform(ask, createClient, input), await perform(theirs, createClient, input)];
    expect([mine.replayed, their.replayed]).toEqual([false, false]);
    expect((await perform(theirs, createClient, { ...input, name: 'Else' })).userErrors[0]?.code).toBe('CONFLICT');
    expect(await perform(ask, createClient, input)).toMatchObject({ replayed: true, id: mine.id });
    expect(await perform(theirs, createClient, input)).toMatchObject({ replayed: true, id: their.id });
  });

  test('of each mutation is another', async () => {
    for (const operation of operations) {
      const input = { ...(await operation.prepare(app, ask)), idempotencyKey: 'of each mutation' };
      expect(await perform(ask, operation, input)).toMatchObject({ replayed: false, userErrors: [] });
    }
  });

  test('does not lend a caller what they may not do any more', async () => {
    const person = await app.addMember('ADMIN', 'demoted@example.com');
    const session = await signedIn(app, person);
    const input = { ...client, idempotencyKey: 'demoted since' };
    expect(await perform(session, createClient, input)).toMatchObject({ replayed: false });
    await app.db.member.update({ where: { id: person.id }, data: { role: 'READER' } });
    const { data, errors } = await session(
      'mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) { oauthClient { id } } }',
      { input },
    );
    expect(data).toEqual({ createOAuthClient: null });
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('with an OAuth token makes one thing too', async () => {
    const through = await throughClient(app, await registerClient(app), 'admin');
    const input = { ...client, idempotencyKey: 'by an OAuth token' };
    const made = await perform(through, createClient, input);
    expect(await perform(through, createClient, input)).toMatchObject({ replayed: true, id: made.id });
  });
});

describe.each(operations)('the key of $mutation', (operation) => {
  const stored = async () => [await operation.count(app), await app.db.idempotencyRecord.count()];

  test.each([
    ['empty', ''],
    ['of 256 characters', 'x'.repeat(256)],
    ['of 10,000 characters', 'x'.repeat(10_000)],
  ])('cannot be %s', async (_name, idempotencyKey) => {
    const input = { ...(await operation.prepare(app, ask)), idempotencyKey };
    const before = await stored();
    const outcome = await perform(ask, operation, input);
    expect(outcome).toMatchObject({
      replayed: false,
      id: null,
      secret: null,
      userErrors: [{ code: 'INVALID', path: ['idempotencyKey'], message: expect.stringContaining('255') }],
    });
    expect(await stored()).toEqual(before);
  });

  test.each([
    ['one character', ' '],
    ['255 characters', 'y'.repeat(255)],
    ['any characters', "\u0000 \ud800 é 😀 ' OR 1=1 --"],
  ])('can be %s', async (_name, idempotencyKey) => {
    const input = { ...(await operation.prepare(app, ask)), idempotencyKey };
    const made = await perform(ask, operation, input);
    expect(made).toMatchObject({ replayed: false, userErrors: [] });
    expect(await perform(ask, operation, input)).toMatchObject({ replayed: true, id: made.id });
  });
});

test('the key and the input are kept as hashes alone: in no table, audit entry or log line', async () => {
  const key = 'a-key-that-nobody-shall-read-5f1c';
  const name = 'A name that the record of the key has not';
  const input: Input = { name, role: 'READER', idempotencyKey: key };
  const made = await perform(ask, createToken, input);
  await perform(ask, createToken, input);
  await perform(ask, createToken, { ...input, role: 'ADMIN' });
  const tables = Object.entries(app.db as unknown as Record<string, { findMany?: () => Promise<unknown[]> }>).filter(
    ([, table]) => typeof table?.findMany === 'function',
  );
  expect(tables.map(([table]) => table)).toContain('idempotencyRecord');
  for (const [, table] of tables) expect(JSON.stringify(await table.findMany?.())).not.toContain(key);
  expect(app.logLines.join('\n')).not.toContain(key);
  const [record, ...others] = await app.db.idempotencyRecord.findMany({ where: { resultId: made.id ?? '' } });
  expect(others).toEqual([]);
  expect(record).toMatchObject({ accountId: app.owner.accountId, mutation: 'createApiToken' });
  expect(JSON.stringify(record)).not.toContain(name);
  expect(JSON.stringify(record)).not.toContain(made.secret?.slice(4));
});
