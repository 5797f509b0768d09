// What is tidied away, and what is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tidy } from '../src/maintenance.js';
import { createTestApp, type TestApp } from './support/app.js';
import { apiTokenOf, bearer } from './support/graphql.js';
import { authorizeUrl, createPkce, newBrowser, obtainCode, redeem, refresh, registerClient } from './support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const day = 86_400;

test('a sign-in whose code nobody redeemed goes after a day; one that gave tokens stays and still refreshes', async () => {
  const client = await registerClient(app);
  await obtainCode(app, client);
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'openid offline_access' }));
  await tidy(app.deps);
  expect(await app.db.tokenFamily.count()).toBe(2);
  app.clock.advance(day + 120);
  await tidy(app.deps);
  expect(await app.db.tokenFamily.count()).toBe(1);
  expect((await refresh(app, client, body.refresh_token ?? '')).status).toBe(200);
});

test('a request that nobody answered goes after its hour, and not before', async () => {
  const client = await registerClient(app);
  const pkce = { code_challenge: createPkce().challenge, code_challenge_method: 'S256' };
  await newBrowser(app).visit(authorizeUrl(client, pkce));
  const waiting = () => app.db.authorizationRequest.count({ where: { clientId: client.id } });
  app.clock.advance(3500);
  await tidy(app.deps);
  expect(await waiting()).toBe(1);
  app.clock.advance(200);
  await tidy(app.deps);
  expect(await waiting()).toBe(0);
});

test('sessions go a day after they expired, also those that ended long before: until then they say which browsers are known', async () => {
  const browser = newBrowser(app);
  await browser.signIn(app.owner);
  await browser.submit(await browser.visit('/logout'));
  const ended = () => app.db.session.count({ where: { endedAt: { not: null } } });
  app.clock.advance(30 * day);
  await tidy(app.deps);
  expect(await ended()).toBe(1);
  app.clock.advance(day + 1);
  await tidy(app.deps);
  expect(await ended()).toBe(0);
});

test('counts of failures go a day after their window', async () => {
  await newBrowser(app).signIn({ email: 'nobody@example.com', password: 'a long wrong password' });
  const expire = new Date(app.clock().getTime() - (day + 60) * 1000);
  const [row] = await app.db.rateLimiterFlexible.findMany();
  await app.db.rateLimiterFlexible.update({ where: { key: row?.key ?? '' }, data: { expire } });
  const before = await app.db.rateLimiterFlexible.count();
  await tidy(app.deps);
  expect(await app.db.rateLimiterFlexible.count()).toBe(before - 1);
});

test('idempotency keys go after their day, when they are free again', async () => {
  const ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const input = '{ name: "Mine", role: READER, idempotencyKey: "one" }';
  await ask(`mutation { createApiToken(input: ${input}) { userErrors { code } } }`);
  app.clock.advance(day - 1);
  await tidy(app.deps);
  expect(await app.db.idempotencyRecord.count()).toBe(1);
  app.clock.advance(2);
  await tidy(app.deps);
  expect(await app.db.idempotencyRecord.count()).toBe(0);
});
