// Texts that strangers choose, on pages that others read: client names, states, hints, errors, addresses. None becomes markup.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { anyPkce, authorizeUrl, newBrowser, registerClient, signedInBrowser } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const corpus = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</title><script>alert(1)</script>',
  '" autofocus onfocus="alert(1)',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<!--<a href="-->"><b>',
  '\u003cscript\u003e',
];

/** A page's tags and the names of their attributes, without what stands in quotation marks. */
function markupOf(html: string): string[] {
  return [...html.replace(/="[^"]*"/g, '').matchAll(/<[^>]*>/g)].map(([tag]) => tag);
}

/** Fails when a text has become markup: the tags are those of the same page with a plain text. */
function expectHarmless(html: string, text: string, plain: string) {
  expect(markupOf(html)).toEqual(markupOf(plain));
  if (text.includes('<')) expect(html).not.toContain(text);
}

test.each(corpus)('a client named %j is only a name, on every page that shows it (CVE-2018-1000088)', async (name) => {
  const [client, plain] = [
    await registerClient(app, { name, description: name }),
    await registerClient(app, { name: 'Plain' }),
  ];
  const email = `${Math.random()}@foreign.example`;
  const { owner } = await app.addAccount(name, email);
  for (const visitor of [newBrowser(app), await signedInBrowser(app), await signedInBrowser(app, owner)]) {
    const page = await visitor.visit(authorizeUrl(client, anyPkce));
    expect(page.html).toMatch(/<h1>/);
    expectHarmless(page.html, name, (await visitor.visit(authorizeUrl(plain, anyPkce))).html);
  }
});

test.each(corpus)('a hint, a state and a wrong e-mail address of %j are only texts (OAuth 2.1 7.12)', async (text) => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const plain = await browser.visit(authorizeUrl(client, { ...anyPkce, login_hint: 'plain' }));
  const page = await browser.visit(
    authorizeUrl(client, { ...anyPkce, login_hint: text, state: text, ui_locales: text, display: text, nonce: text }),
  );
  expectHarmless(page.html, text, plain.html);
  const plainAgain = await browser.submit(page, { email: 'plain', password: 'not the password' });
  const again = await browser.submit(page, { email: text, password: 'not the password' });
  expect(again.status).toBe(400);
  expectHarmless(again.html, text, plainAgain.html);
});

test.each(corpus)('an error page repeats nothing of %j (CVE-2026-33525, CVE-2019-8400)', async (text) => {
  const client = await registerClient(app);
  const browser = newBrowser(app);
  const encoded = encodeURIComponent(text);
  const addresses = [
    authorizeUrl(client, { client_id: text }),
    authorizeUrl(client, { redirect_uri: text }),
    `/oauth/authorize?${encoded}=${encoded}`,
    `/consent?request=${encoded}`,
    `/login?request=${encoded}`,
    `/${encoded}?error=${encoded}&error_description=${encoded}&error_hint=${encoded}`,
  ];
  for (const address of addresses) {
    const page = await browser.visit(address);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.html).not.toContain('alert(1)');
  }
});

test('return_to leads only where the list says (CVE-2026-29192)', async () => {
  const hostile = [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '/graphql/../../evil',
    '/graphql?x=//evil.example',
    'javascript:alert(1)',
    '/%2f%2fevil.example',
    ' /graphql',
    '/login',
    '',
  ];
  for (const returnTo of hostile) {
    const browser = newBrowser(app);
    const login = await browser.visit(`/login?${new URLSearchParams({ return_to: returnTo })}`);
    const first = await browser.signIn(app.owner, login);
    expect([first.left, first.url.href]).toEqual([false, `${app.issuer}/`]);
    const again = await browser.submit(login, {
      email: app.owner.email,
      password: app.owner.password,
      return_to: returnTo,
    });
    expect([again.left, again.url.href]).toEqual([false, `${app.issuer}/`]);
    const signedIn = await browser.fetch(`/login?${new URLSearchParams({ return_to: returnTo })}`);
    expect(signedIn.headers.get('location')).toBe('/');
  }
  const browser = newBrowser(app);
  const page = await browser.signIn(app.owner, await browser.visit('/login?return_to=/graphql'));
  expect(page.url.pathname).toBe('/graphql');
});

test('a hostile Host or forwarded header changes no page and no redirect (CVE-2025-64101)', async () => {
  const client = await registerClient(app);
  const headers = {
    host: 'evil.example',
    forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '1.2.3.4',
  };
  for (const path of [
    '/',
    '/login',
    '/logout',
    authorizeUrl(client, anyPkce),
    authorizeUrl(client, { prompt: 'none' }),
  ]) {
    const response = await app.app.request(`http://evil.example${path}`, { headers });
    const location = response.headers.get('location') ?? '/';
    expect(location).toMatch(/^(\/[a-z]*|https:\/\/app\.example\.com\/callback\?)/);
    expect(location + (await response.text()) + response.headers.getSetCookie().join()).not.toContain('evil.example');
  }
});
