// Whom and what an entry of the audit log leads to, and to whom and what it does not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor, systemActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, throughClient } from '../support/graphql.js';
import { registerClient, type TestClient } from '../support/oauth.js';
import { memberActor, write } from './entries.js';

let app: TestApp;
let ask: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  client = await registerClient(app, { name: 'Portal' });
});
afterAll(() => app.close());

async function read(id: string) {
  const { data, errors } = await ask(
    `query ($id: ID!) { node(id: $id) { ... on AuditLogEntry {
      action actorKind actorLabel targetLabel ipAddress userAgent occurredAt count changes { field before after }
      actor { __typename ... on Member { id email } ... on ApiToken { id name owner { id } } ... on OAuthClient { id clientId } }
      viaClient { id clientId secrets { hint } }
      target { __typename id ... on Member { email } ... on ApiToken { owner { email } } ... on OAuthClient { secrets { hint } } }
    } } }`,
    { id },
  );
  expect(errors).toBeUndefined();
  return data.node;
}

test('an entry tells all that was recorded', async () => {
  const occurredAt = app.clock().toISOString();
  const changes = [
    { field: 'name', before: 'Old', after: 'New' },
    { field: 'description', before: null, after: 'Words' },
  ];
  const id = await write(app, 'OAUTH_CLIENT_UPDATED', { targetId: client.id, targetLabel: 'New', changes });
  expect(await read(id)).toEqual({
    action: 'OAUTH_CLIENT_UPDATED',
    actorKind: 'MEMBER',
    actorLabel: app.owner.email,
    actor: { __typename: 'Member', id: app.owner.id, email: app.owner.email },
    viaClient: null,
    target: { __typename: 'OAuthClient', id: client.id, secrets: [{ hint: client.secret.slice(-4) }] },
    targetLabel: 'New',
    changes,
    ipAddress: '192.0.2.1',
    userAgent: 'a browser',
    occurredAt,
    count: 1,
  });
});

describe('the actor', () => {
  test('can be an API token, also when it was revoked: whose it was must not be lost', async () => {
    const token = await apiTokenOf(app, 'READER');
    const actor = { ...memberActor(app.owner), kind: 'API_TOKEN' as const, id: token.id, label: 'a token' };
    const entry = await write(app, 'SIGNED_OUT', {}, actor);
    const expected = {
      actorKind: 'API_TOKEN',
      actor: { __typename: 'ApiToken', id: token.id, owner: { id: app.owner.id } },
    };
    expect(await read(entry)).toMatchObject(expected);
    await app.db.apiToken.update({ where: { id: token.id }, data: { revokedAt: app.clock() } });
    expect(await read(entry)).toMatchObject(expected);
    expect((await ask('query ($id: ID!) { node(id: $id) { id } }', { id: token.id })).data).toEqual({ node: null });
  });

  test('can be an OAuth client by itself', async () => {
    const actor = { ...memberActor(app.owner), kind: 'OAUTH_CLIENT' as const, id: client.id, label: 'Portal' };
    expect(await read(await write(app, 'CLIENT_AUTHENTICATION_REFUSED', {}, actor))).toMatchObject({
      actorKind: 'OAUTH_CLIENT',
      actor: { __typename: 'OAuthClient', id: client.id, clientId: client.clientId },
    });
  });

  test.each([operatorActor, systemActor])('is null for $kind', async (actor) => {
    const entry = await read(await write(app, 'OAUTH_CLIENT_VERIFIED', { accountId: app.owner.accountId }, actor));
    expect(entry).toMatchObject({ actorKind: actor.kind, actorLabel: actor.label, actor: null, ipAddress: null });
  });

  test('is a member who acted through a client, which is named', async () => {
    const caller = await throughClient(app, client, 'openid admin');
    const { data } = await caller(
      'mutation ($input: UpdateOAuthClientInput!) { updateOAuthClient(input: $input) { userErrors { message } } }',
      { input: { id: client.id, description: 'Changed through the client itself' } },
    );
    expect(data.updateOAuthClient.userErrors).toEqual([]);
    const { id } = await app.db.auditLogEntry.findFirstOrThrow({ orderBy: { id: 'desc' } });
    expect(await read(id)).toMatchObject({
      actor: { __typename: 'Member', id: app.owner.id },
      viaClient: { id: client.id, clientId: client.clientId },
    });
  });
});

describe('the target', () => {
  test('can be the account, a member or an API token', async () => {
    const token = await apiTokenOf(app, 'READER');
    for (const [__typename, targetId] of [
      ['Account', app.owner.accountId],
      ['Member', app.owner.id],
      ['ApiToken', token.id],
    ] as const) {
      const entry = await read(await write(app, 'SIGNED_OUT', { targetId, targetLabel: 'a label' }));
      expect(entry).toMatchObject({ target: { __typename, id: targetId }, targetLabel: 'a label' });
    }
  });

  test('is null without one', async () => {
    expect(await read(await write(app, 'SIGNING_KEY_ROTATED'))).toMatchObject({ target: null, targetLabel: null });
  });

  test('that is no kind of thing that can be read is null', async () => {
    const { id } = await app.db.signingKey.findFirstOrThrow().then(({ kid }) => ({ id: kid }));
    expect(await read(await write(app, 'SIGNED_OUT', { targetId: id }))).toMatchObject({ target: null });
    expect(await read(await write(app, 'SIGNED_OUT', { targetId: 'ses_00000000000000000000000001' }))).toMatchObject({
      target: null,
    });
  });
});

test('what was deleted is null, and its label stays', async () => {
  const member = await app.addMember('ADMIN', 'leaver@example.com');
  const gone = await registerClient(app, { name: 'Short-lived' });
  const actor = { ...memberActor(member), viaClientId: gone.id };
  const entry = await write(app, 'OAUTH_CLIENT_UPDATED', { targetId: gone.id, targetLabel: 'Short-lived' }, actor);
  expect(await read(entry)).toMatchObject({
    actor: { id: member.id },
    viaClient: { id: gone.id },
    target: { id: gone.id },
  });
  await app.db.oAuthClient.delete({ where: { id: gone.id } });
  await app.db.member.delete({ where: { id: member.id } });
  expect(await read(entry)).toMatchObject({
    actor: null,
    actorLabel: 'leaver@example.com',
    viaClient: null,
    target: null,
    targetLabel: 'Short-lived',
  });
});

test('what belongs to another account never shows, whichever field names it', async () => {
  const another = await app.addAccount();
  const foreignToken = await apiTokenOf(app, 'READER', another.owner);
  const foreignClient = await registerClient(app, { name: 'Foreign' });
  await app.db.oAuthClient.update({ where: { id: foreignClient.id }, data: { accountId: another.account.id } });
  for (const id of [another.account.id, another.owner.id, foreignToken.id, foreignClient.id]) {
    const actor = { ...memberActor(app.owner), id, viaClientId: id, label: 'somebody' };
    const entry = await read(await write(app, 'CONSENT_GIVEN', { targetId: id, targetLabel: 'something' }, actor));
    expect(entry).toMatchObject({ actor: null, viaClient: null, target: null });
    expect(entry).toMatchObject({ actorLabel: 'somebody', targetLabel: 'something' });
  }
});
