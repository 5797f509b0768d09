// What an account's clients may redirect to, changed by operators while clients are registered with it, in two processes.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { allowRedirects, disallowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { InputError } from '../../src/lib/errors.js';
import { mutate } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { type Processes, startProcesses } from './processes.js';
import { type WatchedTransactions, watchTransactions } from './transactions.js';

const loopback = 'http://127.0.0.1:8400/callback';

let processes: Processes;
/** The process at which clients are registered. */
let here: TestApp;
/** The operator's. */
let there: TestApp;
let accountId: string;
let owner: Ask;
let watched: WatchedTransactions | undefined;
beforeAll(async () => {
  processes = await startProcesses();
  [here, there] = processes.apps;
  ({ accountId } = here.owner);
  owner = bearer(here, (await apiTokenOf(here, 'ADMIN')).token);
});
afterAll(() => processes.close());
beforeEach(() => here.db.account.update({ where: { id: accountId }, data: { redirectSchemes: 'loopback' } }));
afterEach(async () => {
  watched?.restore();
  await here.db.oAuthClient.deleteMany();
});

const takeBack = () => disallowRedirects(there.deps, operatorActor, accountId, ['loopback']);
const registered = () => there.db.oAuthClientRedirectUri.count({ where: { uri: loopback } });

const ways: Record<string, { write: string; register: () => Promise<{ userErrors: readonly object[] }> }> = {
  created: {
    write: 'oAuthClient.create',
    register: () => mutate(owner, 'createOAuthClient', { name: 'A loopback client', redirectUris: [loopback] }),
  },
  updated: {
    write: 'oAuthClient.updateMany',
    async register() {
      const { id } = await registerClient(here);
      return mutate(owner, 'updateOAuthClient', { id, redirectUris: [loopback] });
    },
  },
};

describe.each(Object.entries(ways))(
  'a client that is %s with what an operator takes back',
  (_name, { write, register }) => {
    test('is there when that is done, and does not appear after it', async () => {
      let taken: Promise<number> | undefined;
      watched = watchTransactions(here, (statement) => {
        if (statement !== write || taken !== undefined) return undefined;
        // What the account may do was looked at a moment ago.
        taken = takeBack().then(registered);
        return Promise.race([taken, pause(300)]);
      });
      const { userErrors } = await register();
      expect(await taken).toBe(await registered());
      expect(await registered()).toBe(userErrors.length === 0 ? 1 : 0);
    });

    test('is refused when it had to wait for that', async () => {
      let registering: ReturnType<typeof register> | undefined;
      watched = watchTransactions(there, async (statement) => {
        if (statement !== 'auditLogEntry.create' || registering !== undefined) return;
        // What the account may do is written, and not committed.
        registering = register();
        await pause(300);
      });
      await takeBack();
      expect((await registering)?.userErrors).toMatchObject([{ code: 'INVALID', path: ['redirectUris', '0'] }]);
      expect(await registered()).toBe(0);
    });
  },
);

test('of changes at once each is applied, or refused for the other’s sake, and none is lost', async () => {
  const schemes = Array.from({ length: 8 }, (_, index) => `com.example.app${index}`);
  const results = await Promise.allSettled([
    ...schemes.map((scheme, index) =>
      allowRedirects(processes.apps[index % 2 === 0 ? 0 : 1].deps, operatorActor, accountId, [scheme]),
    ),
    takeBack(),
  ]);
  const applied = (index: number) => {
    const result = results[index];
    if (result?.status !== 'rejected') return true;
    expect(result.reason).toBeInstanceOf(InputError);
    expect(result.reason.issues).toMatchObject([{ code: 'CONFLICT' }]);
    return false;
  };
  const { redirectSchemes } = await here.db.account.findUniqueOrThrow({ where: { id: accountId } });
  const expected = [...(applied(schemes.length) ? [] : ['loopback']), ...schemes.filter((_, index) => applied(index))];
  expect(redirectSchemes.split(' ').sort()).toEqual(expected.sort());
  expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
});
