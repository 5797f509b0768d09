// Secrets without downtime: rotateOAuthClientSecret gives a new secret while the old ones live on for as long as was asked.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { obtainTokens, refresh, registerClient, type TestClient } from '../support/oauth.js';
import { type Input, machine, send, succeed, tokenWith } from './mutate.js';

let app: TestApp;
let owner: Ask;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
});
beforeEach(async () => {
  // Anew each time: the clock goes on, and a session ends after half a day.
  owner = await signedIn(app, app.owner);
  client = await registerClient(app, machine);
});
afterAll(() => app.close());

const secretFields = 'id hint createdAt createdBy { id } expiresAt lastUsedAt';
const selection = `clientSecret secret { ${secretFields} } oauthClient { id secrets { ${secretFields} } }`;
const rotate = (input: Input = {}, ask = owner) =>
  succeed(ask, 'rotateOAuthClientSecret', { id: client.id, ...input }, selection);
const works = (secret: string | null) => tokenWith(app, client.clientId, secret);
const refused = '401 invalid_client';
const inSeconds = (seconds: number) => new Date(app.clock().getTime() + seconds * 1000).toISOString();

describe('the new secret', () => {
  test('is shown once, with what can be told of it later', async () => {
    const answer = await send(owner, 'rotateOAuthClientSecret', { id: client.id }, selection);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { clientSecret, secret, oauthClient, userErrors } = answer.data.rotateOAuthClientSecret;
    expect(userErrors).toEqual([]);
    expect(clientSecret).toMatch(/^lks_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(clientSecret).not.toBe(client.secret);
    expect(secret).toEqual({
      id: expect.stringMatching(/^sec_/),
      hint: clientSecret.slice(-4),
      createdAt: inSeconds(0),
      createdBy: { id: app.owner.id },
      expiresAt: null,
      lastUsedAt: null,
    });
    // The newest first; the old one works on for a day unless something else was asked.
    expect(oauthClient).toMatchObject({
      id: client.id,
      secrets: [secret, { hint: client.secret.slice(-4), expiresAt: inSeconds(86_400) }],
    });
  });

  test('is kept as a hash alone, and is in no log, no audit entry and no later answer', async () => {
    const { clientSecret, secret } = await rotate();
    const random = clientSecret.slice('lks_'.length + 13);
    for (const rows of [app.db.oAuthClientSecret, app.db.auditLogEntry, app.db.idempotencyRecord]) {
      expect(JSON.stringify(await (rows.findMany as () => Promise<unknown[]>)())).not.toContain(random);
    }
    expect(app.logLines.join('\n')).not.toContain(random);
    const later = await owner(
      'query ($id: ID!) { node(id: $id) { id ... on OAuthClientSecret { hint createdBy { email } } } }',
      { id: secret.id },
    );
    expect(later.data.node).toEqual({ id: secret.id, hint: clientSecret.slice(-4), createdBy: expect.anything() });
    expect(JSON.stringify(later)).not.toContain(random);
  });

  test('of a client named by client_id, by an API token of role ADMIN, is created by that token’s owner', async () => {
    const ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
    const { clientSecret, secret } = await succeed(
      ask,
      'rotateOAuthClientSecret',
      { clientId: client.clientId },
      selection,
    );
    expect(secret.createdBy).toEqual({ id: app.owner.id });
    expect(await works(clientSecret)).toBe('token');
  });

  test('expires when it shall, to the second', async () => {
    const { clientSecret, secret } = await rotate({ expiresInSeconds: 3600 });
    expect(secret.expiresAt).toBe(inSeconds(3600));
    app.clock.advance(3599);
    expect(await works(clientSecret)).toBe('token');
    app.clock.advance(1);
    expect(await works(clientSecret)).toBe(refused);
  });
});

describe('the old and the new secret', () => {
  test('both get tokens until the overlap ends, and from then on the new one alone', async () => {
    const { clientSecret } = await rotate({ previousSecretsExpireInSeconds: 600 });
    for (const secret of [client.secret, clientSecret]) expect(await works(secret)).toBe('token');
    app.clock.advance(599);
    for (const secret of [client.secret, clientSecret]) expect(await works(secret)).toBe('token');
    // Both pairs are remembered by now, which must not make the old one live any longer.
    app.clock.advance(1);
    expect(await works(client.secret)).toBe(refused);
    expect(await works(clientSecret)).toBe('token');
  });

  test('overlap for a day unless something else is asked', async () => {
    await rotate();
    app.clock.advance(86_399);
    expect(await works(client.secret)).toBe('token');
    app.clock.advance(1);
    expect(await works(client.secret)).toBe(refused);
  });

  test('say for themselves when they were used, and the list leaves out what has ended', async () => {
    const { clientSecret, secret } = await rotate({ previousSecretsExpireInSeconds: 600 });
    app.clock.advance(60);
    await works(clientSecret);
    await app.deps.lastUsed.flush();
    const secrets = async () =>
      (await owner('query ($id: ID) { oauthClient(id: $id) { secrets { id lastUsedAt } } }', { id: client.id })).data
        .oauthClient.secrets;
    expect(await secrets()).toEqual([
      { id: secret.id, lastUsedAt: inSeconds(0) },
      { id: expect.stringMatching(/^sec_/), lastUsedAt: null },
    ]);
    app.clock.advance(540);
    expect(await secrets()).toEqual([{ id: secret.id, lastUsedAt: inSeconds(-540) }]);
  });

  test('both serve a person’s refresh tokens, whichever got them', async () => {
    const web = await registerClient(app);
    const { refreshToken } = await obtainTokens(app, web);
    const { clientSecret } = await succeed(owner, 'rotateOAuthClientSecret', { id: web.id }, 'clientSecret');
    const renewed = { ...web, secret: clientSecret };
    const first = await refresh(app, renewed, refreshToken);
    expect(first.status).toBe(200);
    expect((await refresh(app, web, first.body.refresh_token ?? '')).status).toBe(200);
  });

  test('an overlap of 0 ends all old ones at once', async () => {
    const second = await rotate();
    for (const secret of [client.secret, second.clientSecret]) expect(await works(secret)).toBe('token');
    const { clientSecret, secret, oauthClient } = await rotate({ previousSecretsExpireInSeconds: 0 });
    for (const old of [client.secret, second.clientSecret]) expect(await works(old)).toBe(refused);
    expect(await works(clientSecret)).toBe('token');
    expect(oauthClient.secrets).toEqual([secret]);
    const gone = await owner('query ($id: ID!) { node(id: $id) { id } }', { id: second.secret.id });
    expect(gone.data).toEqual({ node: null });
  });

  test('an old one that ends sooner keeps its end, and one that ends later does not', async () => {
    const brief = await rotate({ expiresInSeconds: 120 });
    const long = await rotate({ expiresInSeconds: 86_400 });
    const { oauthClient } = await rotate({ previousSecretsExpireInSeconds: 600 });
    const ends = Object.fromEntries(
      oauthClient.secrets.map((secret: { id: string; expiresAt: string | null }) => [secret.id, secret.expiresAt]),
    );
    expect(ends[brief.secret.id]).toBe(inSeconds(120));
    expect(ends[long.secret.id]).toBe(inSeconds(600));
    app.clock.advance(120);
    expect(await works(brief.clientSecret)).toBe(refused);
    expect(await works(long.clientSecret)).toBe('token');
  });

  test('one that has ended before is not brought back by an overlap', async () => {
    const { clientSecret } = await rotate({ expiresInSeconds: 60 });
    app.clock.advance(60);
    await rotate({ previousSecretsExpireInSeconds: 600 });
    expect(await works(clientSecret)).toBe(refused);
  });
});

describe('the audit log', () => {
  test('says who gave which client a secret, how long it lives and how long the old ones do', async () => {
    const { secret } = await rotate({ previousSecretsExpireInSeconds: 600, expiresInSeconds: 3600 });
    const where = { targetId: client.id, action: 'OAUTH_CLIENT_SECRET_ROTATED' };
    const [entry, ...others] = await app.db.auditLogEntry.findMany({ where });
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ actorId: app.owner.id, accountId: app.owner.accountId, targetLabel: 'Test app' });
    expect(JSON.parse(entry?.changes ?? '')).toEqual([
      { field: 'secret', before: null, after: secret.id },
      { field: 'secretExpiresAt', before: null, after: inSeconds(3600) },
      { field: 'previousSecretsExpireInSeconds', before: null, after: '600' },
    ]);
  });

  test('does not tell of old ones when there were none', async () => {
    await app.db.oAuthClientSecret.deleteMany({ where: { clientId: client.id } });
    await rotate();
    const entry = await app.db.auditLogEntry.findFirstOrThrow({
      where: { targetId: client.id, action: 'OAUTH_CLIENT_SECRET_ROTATED' },
    });
    expect(entry.changes).not.toContain('previousSecretsExpireInSeconds');
  });
});
