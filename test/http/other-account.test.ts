// Unverified clients and members of other accounts: nobody gets through, and both ways out work.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { updateOAuthClient } from '../../src/clients/service.js';
import { setOAuthClientVerified } from '../../src/clients/standing.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import {
  anyPkce,
  ask,
  authorizeUrl,
  newBrowser,
  obtainCode,
  postForm,
  redeem,
  redirectUri,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let foreigner: { id: string; email: string; password: string };
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
  foreigner = (await app.addAccount('Elsewhere', 'owner@elsewhere.example')).owner;
});
afterAll(() => app.close());

test('a member of another account meets a page that says why, and no consent', async () => {
  const browser = newBrowser(app);
  const met = await browser.signIn(foreigner, await browser.visit(authorizeUrl(client, anyPkce)));
  expect([met.left, met.url.pathname]).toEqual([false, '/other-account']);
  for (const shown of ['Test app', 'My organization', foreigner.email]) expect(met.html).toContain(shown);
});

test('its consent form is of no use to them', async () => {
  const browser = await signedInBrowser(app, foreigner);
  const met = await browser.visit(authorizeUrl(client, anyPkce));
  const fields = { ...fieldsOf(met.html), decision: 'allow' };
  const answer = await postForm(browser, '/consent', fields);
  expect(answer.headers.get('location')).toBe(`/other-account${met.url.search}`);
  expect((await browser.visit(`/consent${met.url.search}`)).url.pathname).toBe('/other-account');
  expect(await app.db.consent.count({ where: { memberId: foreigner.id } })).toBe(0);
  expect((await browser.submit(met, { decision: 'allow' })).status).toBe(400);
});

test("'back to the app' says access_denied to it, once", async () => {
  const browser = await signedInBrowser(app, foreigner);
  const met = await browser.visit(authorizeUrl(client, anyPkce));
  const back = await browser.submit(met, { decision: 'deny' });
  expect(back.url.origin + back.url.pathname).toBe(redirectUri);
  expect(Object.fromEntries(back.url.searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'the state',
    iss: app.issuer,
  });
  expect((await browser.submit(met, { decision: 'deny' })).status).toBe(403);
});

test("'use another account' signs out and asks for another sign-in, for the same request", async () => {
  const browser = await signedInBrowser(app, foreigner);
  const met = await browser.visit(authorizeUrl(client, anyPkce));
  const login = await browser.submit(met, { decision: 'switch' });
  expect([login.url.pathname, login.url.search]).toEqual(['/login', met.url.search]);
  expect(login.html).not.toContain(foreigner.email);
  const consent = await browser.signIn(app.owner, login);
  expect(consent.url.pathname).toBe('/consent');
  const back = await browser.submit(consent, { decision: 'allow' });
  expect(back.url.searchParams.get('code')).toMatch(/^lkc_/);
});

test("'back to the app' leads nowhere for a browser in which nobody is signed in (RFC 9700 4.11.2)", async () => {
  const browser = newBrowser(app);
  const login = await browser.visit(authorizeUrl(client, anyPkce));
  const fields = { ...fieldsOf(login.html), decision: 'deny' };
  const answer = await postForm(browser, '/other-account', fields);
  expect(answer.headers.get('location') ?? '').not.toContain(redirectUri);
});

test('a verified client serves members of any account', async () => {
  const verified = await registerClient(app);
  await setOAuthClientVerified(app.deps, operatorActor, verified.clientId, true);
  const browser = await signedInBrowser(app, foreigner);
  const page = await browser.visit(authorizeUrl(verified, anyPkce));
  expect(page.url.pathname).toBe('/consent');
  expect(page.html).not.toContain('has not been verified');
});

test('a verification that is lost before the code is redeemed is asked for again (CVE-2026-33132)', async () => {
  const verified = await registerClient(app);
  await setOAuthClientVerified(app.deps, operatorActor, verified.clientId, true);
  const granted = await obtainCode(app, verified, {}, await signedInBrowser(app, foreigner));
  const changed = await updateOAuthClient(
    app.deps,
    actorOfMember(app.owner, { ipAddress: null, userAgent: null }),
    { id: verified.id },
    { name: 'Quite another app' },
  );
  expect(changed.verificationCleared).toBe(true);
  const { status, body } = await redeem(app, verified, granted);
  expect([status, body.error]).toEqual([400, 'invalid_grant']);
  const browser = await signedInBrowser(app, foreigner);
  expect((await ask(browser, verified)).page).toBe('/other-account');
});
