// Which response modes a client may ask for is its registration's to say (ASVS 5.0 10.4.12).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { anyPkce, ask, authorizeUrl, obtainCode, registerClient, signedInBrowser } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test('a client of QUERY alone is refused form_post, and told so by query (ASVS 5.0 10.4.12)', async () => {
  const client = await registerClient(app, { responseModes: ['query'] });
  const { browser } = await obtainCode(app, client);
  const { parameters } = await ask(browser, client, { response_mode: 'form_post' });
  expect(parameters).toMatchObject({ error: 'invalid_request', state: 'the state' });
  expect(parameters.error_description).toContain('query');
});

test('a client of FORM_POST alone is refused query and the default, and told so by a form', async () => {
  const client = await registerClient(app, { responseModes: ['form_post'] });
  const browser = await signedInBrowser(app);
  for (const response_mode of ['query', undefined]) {
    const page = await browser.visit(authorizeUrl(client, { ...anyPkce, response_mode }));
    expect([page.status, page.left]).toEqual([200, false]);
    expect(fieldsOf(page.html)).toMatchObject({ error: 'invalid_request', iss: app.issuer });
  }
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, response_mode: 'form_post' }));
  const answer = page.url.pathname === '/consent' ? await browser.submit(page, { decision: 'allow' }) : page;
  expect(fieldsOf(answer.html).code).toMatch(/^lkc_/);
});

test('none at all cannot be registered', async () => {
  await expect(registerClient(app, { responseModes: [] })).rejects.toThrow('response mode');
});
