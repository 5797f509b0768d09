// Handing an account on: exactly one owner, before and after, and only by whom it belongs to.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { setOwner } from '../../src/members/ownership.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { mailsTo } from '../support/mail.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = await signedIn(app, app.owner);
});
afterAll(() => app.close());

const document = `mutation ($id: ID!) { transferOwnership(input: { memberId: $id }) { member { id role } userErrors { code path } } }`;
const owners = () => app.db.member.findMany({ where: { accountId: app.owner.accountId, role: 'OWNER' } });

test('by an API token of role ADMIN it is refused, though the owner holds it (design decision 6)', async () => {
  const member = await app.addMember('ADMIN', 'by-token@example.com');
  const byToken = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const { errors } = await byToken(document, { id: member.id });
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(await owners()).toMatchObject([{ id: app.owner.id }]);
});

test('more than ten minutes after signing in it is refused, and the message says where to sign in again', async () => {
  const member = await app.addMember('ADMIN', 'later@example.com');
  app.clock.advance(601);
  const { errors } = await ask(document, { id: member.id });
  expect(errors?.[0]?.message).toContain('/login?again=1');
  expect(await owners()).toMatchObject([{ id: app.owner.id }]);
  ask = await signedIn(app, app.owner);
});

test('to somebody who is not active, who is the owner already or of another account it is refused', async () => {
  const suspended = await app.addMember('ADMIN', 'suspended@example.com');
  await app.db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });
  const other = await app.addAccount();
  const tries = [
    [suspended.id, 'NOT_ALLOWED'],
    [app.owner.id, 'NOT_ALLOWED'],
    [other.owner.id, 'NOT_FOUND'],
  ];
  for (const [id, code] of tries) {
    const { data } = await ask(document, { id });
    expect(data.transferOwnership.userErrors).toEqual([{ code, path: ['memberId'] }]);
  }
  expect(await owners()).toMatchObject([{ id: app.owner.id }]);
});

test('the operator is told when the one to give it to was removed meanwhile', async () => {
  const { id } = await app.addMember('ADMIN', 'removed@example.com');
  await app.db.member.delete({ where: { id } });
  await expect(setOwner(app.deps, operatorActor, id)).rejects.toMatchObject({
    issues: [{ code: 'NOT_FOUND', path: ['memberId'] }],
  });
  expect(await owners()).toMatchObject([{ id: app.owner.id }]);
});

test('the new owner has it at once, the old one is an admin, both are told, and it cannot be taken back alone', async () => {
  const member = await app.addMember('READER', 'heir@example.com');
  const { data } = await ask(document, { id: member.id });
  expect(data.transferOwnership).toEqual({ member: { id: member.id, role: 'OWNER' }, userErrors: [] });
  expect(await owners()).toMatchObject([{ id: member.id, ownerOf: app.owner.accountId }]);
  const seen = await ask('{ viewer { role } account { owner { id } } }');
  expect(seen.data).toEqual({ viewer: { role: 'ADMIN' }, account: { owner: { id: member.id } } });
  const [toOld, toNew] = [await mailsTo(app, app.owner.email), await mailsTo(app, member.email)];
  expect([toOld.at(-1)?.subject, toNew.at(-1)?.subject]).toEqual([
    'Your account on Latchkey has another owner',
    'You own your account on Latchkey now',
  ]);
  const again = await ask(document, { id: app.owner.id });
  expect(again.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
