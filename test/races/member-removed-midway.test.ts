// A member who is removed in the middle of a request of theirs, at the very place where something is read or about to be stored for
// them: they are told so, or nobody is there, and it is no fault of ours.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requireStanding } from '../../src/api/standing.js';
import { findApiToken } from '../../src/api-tokens/service.js';
import type { Db } from '../../src/db/client.js';
import { sha256 } from '../../src/lib/crypto.js';
import { findLink } from '../../src/members/one-time-links.js';
import { requestReset } from '../../src/members/password-reset.js';
import { findSession } from '../../src/sessions/service.js';
import { send } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf, signedIn, signedInBrowser } from '../support/graphql.js';
import { linkTo } from '../support/mail.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

let count = 0;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  count += 1;
  member = await app.addMember('ADMIN', `member-${count}@example.com`);
});

/** Removes the member before the next transaction begins. */
function removeBeforeTransaction() {
  const { db } = app;
  const transaction = db.$transaction.bind(db);
  Object.assign(db, {
    $transaction: async (...parameters: Parameters<typeof transaction>) => {
      Object.assign(db, { $transaction: transaction });
      await db.member.delete({ where: { id: member.id } });
      return transaction(...parameters);
    },
  });
}

describe('about to store', () => {
  const inputs: Record<string, () => object | Promise<object>> = {
    createApiToken: () => ({ name: 'A token', role: 'READER' }),
    inviteMember: () => ({ email: `invited-${count}@example.com`, role: 'READER' }),
    async resendInvitation() {
      const ask = await signedIn(app, app.owner);
      const input = { email: `again-${count}@example.com`, role: 'READER' };
      const { data } = await send(ask, 'inviteMember', input, 'member { id }');
      return { memberId: data.inviteMember.member.id };
    },
    createOAuthClient: () => ({ name: 'A client', redirectUris: ['https://app.example.com/callback'] }),
  };
  test.each(Object.entries(inputs))('%s', async (mutation, inputOf) => {
    const ask = await signedIn(app, member);
    const input = await inputOf();
    const tables = () => Promise.all([app.db.apiToken.count(), app.db.member.count(), app.db.oAuthClient.count()]);
    const [tokens = 0, members = 0, clients = 0] = await tables();
    removeBeforeTransaction();
    const { data, errors } = await send(ask, mutation, { ...input });
    const codes = errors?.map(({ extensions }) => extensions.code) ?? data[mutation].userErrors.map(codeOf);
    expect(codes).toEqual(['UNAUTHENTICATED']);
    expect(await tables()).toEqual([tokens, members - 1, clients]);
  });
});

const codeOf = ({ code }: { readonly code: string }) => code;

describe('read in two statements, between which they were removed', () => {
  /** The database to whoever reads the table's row when its member is gone already. */
  const without = (table: 'session' | 'apiToken' | 'oneTimeLink', relation: 'member' | 'owner') => {
    const find = app.db[table].findUnique as unknown as (given: object) => Promise<object>;
    const findUnique = async (given: object) => ({ ...(await find(given)), [relation]: null });
    return { [table]: { findUnique } } as unknown as Db;
  };
  const deps = (db: Db) => ({ ...app.deps, db });

  test('a session is none', async () => {
    const browser = await signedInBrowser(app, member);
    const cookies = await browser.jar.getCookies(app.issuer);
    const secrets = cookies.map(({ value }) => value);
    const { id, secretHash } = await app.db.session.findFirstOrThrow({ where: { memberId: member.id } });
    const secret = secrets.find((value) => sha256(value) === secretHash) ?? '';
    expect(await findSession(app.deps, secret)).not.toBeNull();
    expect(await findSession(deps(without('session', 'member')), secret)).toBeNull();
    const recognised = { credential: { kind: 'session', id }, memberId: member.id, role: 'ADMIN' } as const;
    await expect(requireStanding(deps(without('session', 'member')), recognised)).rejects.toThrow('ended');
  });

  test('an API token is none', async () => {
    const { id, token } = await apiTokenOf(app, 'ADMIN', member);
    expect(await findApiToken(app.deps, token)).not.toBeNull();
    const recognised = { credential: { kind: 'apiToken', id }, memberId: member.id, role: 'ADMIN' } as const;
    await expect(requireStanding(deps(without('apiToken', 'owner')), recognised)).rejects.toThrow('ended');
  });

  test('a link is none', async () => {
    await requestReset(app.deps, { ipAddress: null, userAgent: null }, member.email);
    const token = new URL(await linkTo(app, member.email)).searchParams.get('token') ?? '';
    expect(await findLink(app.deps, 'RESET_PASSWORD', token)).not.toBeNull();
    expect(await findLink(deps(without('oneTimeLink', 'member')), 'RESET_PASSWORD', token)).toBeNull();
  });
});
