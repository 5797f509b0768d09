// An account's name: who changes it, what is refused, and what an operator verified under another one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renameAccount } from '../../src/accounts/rename.js';
import { operatorActor } from '../../src/audit/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { mutate, send, succeed } from '../clients/mutate.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const ofRename = () =>
  app.db.auditLogEntry.findMany({
    where: { action: 'ACCOUNT_UPDATED' },
    orderBy: { id: 'desc' },
    select: { accountId: true, targetId: true, targetLabel: true, actorId: true, actorKind: true, changes: true },
  });
const nameNow = async () => (await app.db.account.findUniqueOrThrow({ where: { id: app.owner.accountId } })).name;

describe('updateAccount', () => {
  test('renames the account, and the audit log tells from what to what', async () => {
    const { account } = await succeed(owner, 'updateAccount', { name: '  Example Ltd ' }, 'account { id name }');
    expect(account).toEqual({ id: app.owner.accountId, name: 'Example Ltd' });
    const [entry, ...others] = await ofRename();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      accountId: app.owner.accountId,
      targetId: app.owner.accountId,
      targetLabel: 'Example Ltd',
      actorId: app.owner.id,
    });
    expect(JSON.stringify(entry)).toContain('My organization');
  });

  test('writes nothing for the name that the account has', async () => {
    const before = await ofRename();
    const { account } = await succeed(owner, 'updateAccount', { name: await nameNow() }, 'account { name }');
    expect(account).toEqual({ name: 'Example Ltd' });
    expect(await ofRename()).toEqual(before);
  });

  test.each([
    ['nothing', '   ', 'REQUIRED'],
    ['more than 100 characters', 'x'.repeat(101), 'TOO_LONG'],
    ['what turns the text around', 'Ltd \u202e elpmaxE', 'INVALID'],
  ])('refuses %s', async (_what, name, code) => {
    const { account, userErrors } = await mutate(owner, 'updateAccount', { name }, 'account { id }');
    expect({ account, userErrors }).toMatchObject({ account: null, userErrors: [{ code, path: ['name'] }] });
    expect(await nameNow()).toBe('Example Ltd');
  });

  test('is for OWNER and ADMIN of the account, and touches no other', async () => {
    const other = await app.addAccount();
    const { token } = await apiTokenOf(app, 'ADMIN');
    await succeed(bearer(app, token), 'updateAccount', { name: 'By an admin' });
    const reader = await signedIn(app, await app.addMember('READER'));
    const { errors } = await send(reader, 'updateAccount', { name: 'By a reader' });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await nameNow()).toBe('By an admin');
    const others = await app.db.account.findUniqueOrThrow({ where: { id: other.account.id } });
    expect(others.name).toBe(other.account.name);
  });
});

describe('what an operator verified', () => {
  const verifiedAt = async (id: string) => (await app.db.oAuthClient.findUniqueOrThrow({ where: { id } })).verifiedAt;

  test('is verified no more under another name, and the answer and the audit log say so', async () => {
    const client = await registerClient(app);
    await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
    await succeed(owner, 'updateAccount', { name: await nameNow() });
    expect(await verifiedAt(client.id)).not.toBeNull();
    const answer = await succeed(owner, 'updateAccount', { name: 'Somebody else' }, 'unverifiedClientCount');
    expect(answer).toEqual({ unverifiedClientCount: 1 });
    expect(await verifiedAt(client.id)).toBeNull();
    const where = { action: 'OAUTH_CLIENT_UNVERIFIED', targetId: client.id };
    expect(await app.db.auditLogEntry.count({ where })).toBe(1);
  });

  test('stays verified when the operator renames the account', async () => {
    const client = await registerClient(app);
    await setOAuthClientVerified(app.deps, operatorActor, client.clientId, true);
    await renameAccount(app.deps, operatorActor, app.owner.accountId, 'As the operator has it');
    expect(await nameNow()).toBe('As the operator has it');
    expect(await verifiedAt(client.id)).not.toBeNull();
    expect(await ofRename()).toContainEqual(expect.objectContaining({ actorKind: 'OPERATOR' }));
  });
});
