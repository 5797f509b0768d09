// response_mode=form_post (OAuth 2.0 Form Post Response Mode): the page that posts the response, what it may do, and that it
// leads nowhere but to a registered redirect URI.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf, type Page, type TestBrowser } from '../support/browser.js';
import {
  anyPkce,
  authorize,
  authorizeUrl,
  createPkce,
  newBrowser,
  obtainCode,
  redeem,
  redirectUri,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
let browser: TestBrowser;
beforeAll(async () => {
  app = await createTestApp();
  await allowRedirects(app.deps, operatorActor, app.owner.accountId, ['loopback', 'com.example.app']);
  client = await registerClient(app);
  browser = (await obtainCode(app, client)).browser;
});
afterAll(() => app.close());

const formPost = { ...anyPkce, response_mode: 'form_post' };

/** The form of a page: where it posts to, and what. */
function formOf(page: Page) {
  const [, tag = ''] = /<form\b([^>]*)>/.exec(page.html) ?? [];
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1];
  return { method: attribute('method'), action: attribute('action'), fields: fieldsOf(page.html) };
}

const visit = (parameters: Record<string, string | undefined> = {}, of = client) =>
  browser.visit(authorizeUrl(of, { ...formPost, ...parameters }));

describe('the page', () => {
  test('posts code, state and iss to the redirect URI, and they can be redeemed (Form Post 2)', async () => {
    const { verifier, challenge } = createPkce();
    const page = await visit({ code_challenge: challenge });
    expect([page.status, page.left]).toEqual([200, false]);
    const { method, action, fields } = formOf(page);
    expect([method, action]).toEqual(['post', redirectUri]);
    expect(fields).toEqual({ code: expect.stringMatching(/^lkc_/), state: 'the state', iss: app.issuer });
    const { body } = await redeem(app, client, { code: fields.code ?? '', verifier });
    expect(body.token_type).toBe('Bearer');
  });

  test('posts errors too, of the request and of prompt=none (Form Post 2)', async () => {
    const wrong = formOf(await visit({ scope: 'nonsense' }));
    expect(wrong).toMatchObject({ action: redirectUri, fields: { error: 'invalid_scope', state: 'the state' } });
    const silent = await newBrowser(app).visit(authorizeUrl(client, { ...formPost, prompt: 'none' }));
    expect(formOf(silent).fields).toMatchObject({ error: 'login_required', state: 'the state', iss: app.issuer });
  });

  test('comes after sign-in and consent as well, and answers the request once', async () => {
    const fresh = await registerClient(app);
    const person = newBrowser(app);
    const login = await person.visit(authorizeUrl(fresh, formPost));
    const consent = await person.signIn(app.owner, login);
    expect(consent.url.pathname).toBe('/consent');
    const page = await person.submit(consent, { decision: 'allow' });
    expect(formOf(page)).toMatchObject({ action: redirectUri, fields: { state: 'the state', iss: app.issuer } });
    const again = await person.submit(consent, { decision: 'allow' });
    expect([again.status, again.html.includes('lkc_')]).toEqual([403, false]);
    const other = await person.visit(authorizeUrl(fresh, { ...formPost, prompt: 'consent' }));
    const denied = await person.submit(other, { decision: 'deny' });
    expect(formOf(denied).fields).toMatchObject({ error: 'access_denied', state: 'the state', iss: app.issuer });
  });

  test('is stored by nobody and framed by nobody (Form Post 2)', async () => {
    const { headers } = await visit();
    expect(headers.get('cache-control')).toBe('no-cache, no-store');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  test('runs one script, which the policy admits by its hash, and has a button for browsers without', async () => {
    const page = await visit();
    const policy = page.headers.get('content-security-policy') ?? '';
    const scripts = [...page.html.matchAll(/<script>([^<]*)<\/script>/g)].map(([, text = '']) => text);
    expect(scripts).toEqual(['document.forms[0].submit()']);
    const hash = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(policy).toContain(`; script-src 'sha256-${hash}';`);
    expect(policy).not.toMatch(/unsafe|script-src[^;]*'self'/);
    expect(page.html).toMatch(/<button type="submit"[^>]*>Continue<\/button>/);
  });

  test.each([
    ['https://app.example.com/callback', 'https://app.example.com'],
    ['http://127.0.0.1:5000/callback', 'http://127.0.0.1:5000'],
    ['com.example.app:/callback', 'com.example.app:'],
  ])('may post to %s and nowhere else, not to us either', async (uri, source) => {
    const registered = await registerClient(app, { redirectUris: [uri] });
    const person = await signedInBrowser(app);
    const page = await authorize(person, authorizeUrl(registered, { ...formPost, redirect_uri: uri }), app.owner);
    expect(formOf(page).action).toBe(uri);
    expect(page.headers.get('content-security-policy')).toContain(`; form-action ${source};`);
  });

  test('escapes what a client chose (known attack 34)', async () => {
    for (const state of [
      '"><script>alert(1)</script>',
      "' onfocus='alert(1)",
      '</form><form action="https://evil.example">',
    ]) {
      const page = await visit({ state });
      expect(formOf(page).fields.state).toBe(state);
      expect(page.html.match(/<(script|form)\b/g)).toEqual(['<form', '<script']);
    }
  });
});

describe('where it leads', () => {
  const modes = ['query', 'form_post', 'fragment', 'jwt', 'query.jwt', 'form_post.jwt', 'web_message'];

  test.each(modes)(
    'response_mode=%s with an unregistered redirect_uri sends nothing (known attack 17, GHSA-9vm7-v8wj-3fqw)',
    async (mode) => {
      for (const parameters of [{}, { prompt: 'none' }, { scope: 'nonsense' }]) {
        const evil = { response_mode: mode, redirect_uri: 'https://evil.example/', ...parameters };
        const page = await visit(evil);
        expect([page.status, page.left, page.html.includes('evil.example')]).toEqual([400, false, false]);
        expect(page.html).not.toContain('<form');
      }
    },
  );

  test.each(modes.slice(2))('response_mode=%s is refused by query (Multiple Response Types 2.1)', async (mode) => {
    const page = await visit({ response_mode: mode });
    expect(page.left).toBe(true);
    expect(page.url.searchParams.get('error')).toBe('invalid_request');
    expect(page.url.searchParams.get('error_description')).toContain('form_post');
  });

  test('a repeated response_mode is told by query (RFC 6749 3.1)', async () => {
    const page = await browser.visit(`${authorizeUrl(client, formPost)}&response_mode=form_post`);
    expect(page.url.searchParams.get('error')).toBe('invalid_request');
  });

  test('an error goes to nobody before the person has signed in (RFC 9700 4.11.2)', async () => {
    const page = await newBrowser(app).visit(authorizeUrl(client, { ...formPost, scope: 'nonsense' }));
    expect([page.left, page.url.pathname]).toEqual([false, '/login']);
  });
});
