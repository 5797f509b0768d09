// The headers that protect pages and answers: framing, sniffing, referrers, content security, and where a form may lead.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { anyPkce, authorizeUrl, newBrowser, registerClient, signedInBrowser } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await allowRedirects(app.deps, operatorActor, app.owner.accountId, ['loopback', 'localhost', 'com.example.app']);
});
afterAll(() => app.close());

/** The directives of a policy, by name. */
function directives(policy: string | null): Record<string, string> {
  const parts = (policy ?? '').split(';').map((part) => part.trim());
  return Object.fromEntries(parts.map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]));
}

async function pages() {
  const client = await registerClient(app);
  const { owner } = await app.addAccount('Foreign', `${Math.random()}@foreign.example`);
  const [anonymous, member, foreign] = [newBrowser(app), await signedInBrowser(app), await signedInBrowser(app, owner)];
  return {
    home: await anonymous.visit('/'),
    'home of a member': await member.visit('/'),
    login: await anonymous.visit('/login'),
    'login for an app': await anonymous.visit(authorizeUrl(client, anyPkce)),
    consent: await member.visit(authorizeUrl(client, anyPkce)),
    'other-account': await foreign.visit(authorizeUrl(client, anyPkce)),
    logout: await member.visit('/logout'),
    'signed out': await anonymous.visit('/logout'),
    'unknown client': await member.visit(authorizeUrl({ ...client, clientId: 'unknown' })),
    'refused form': await member.visit('/consent', { method: 'POST' }),
    'not found': await member.visit('/nothing-here'),
  };
}

test('every page is safe from frames, sniffing, referrers, scripts and caches (RFC 9700 4.2.4, 4.16, OAuth 2.1 7.11, 7.12)', async () => {
  for (const [name, page] of Object.entries(await pages())) {
    expect(page.html, name).toContain('<h1>');
    expect(page.headers.get('x-frame-options'), name).toBe('DENY');
    expect(page.headers.get('x-content-type-options'), name).toBe('nosniff');
    expect(page.headers.get('referrer-policy'), name).toBe('no-referrer');
    expect(page.headers.get('permissions-policy'), name).toMatch(
      /(?=.*camera=\(\))(?=.*geolocation=\(\))(?=.*usb=\(\))/,
    );
    expect(page.headers.get('cache-control'), name).toBe('no-store');
    expect(page.headers.get('strict-transport-security'), name).toBeNull();
    expect(page.headers.get('x-request-id'), name).toMatch(/^[0-9a-f-]{36}$/);
    const policy = directives(page.headers.get('content-security-policy'));
    expect(policy, name).toMatchObject({
      'default-src': "'none'",
      'style-src': "'self'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
    });
    expect(policy['script-src'], name).toBeUndefined();
    expect(page.html, name).not.toMatch(/<script|javascript:|\son[a-z]+=|<style|\sstyle=/i);
    for (const [, address] of page.html.matchAll(
      /<(?:link|img|iframe|object|embed|video|audio|source)\b[^>]*\b(?:href|src)="([^"]*)"/g,
    )) {
      expect(address, name).toMatch(/^(\/[^/]|data:)/);
    }
  }
});

test('what is no page has the strictest policy', async () => {
  for (const path of [
    '/oauth/jwks',
    '/.well-known/openid-configuration',
    '/oauth/token',
    '/oauth/userinfo',
    '/healthz',
  ]) {
    const { headers } = await app.request(path);
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  }
});

test.each([
  ['https://app.example.com/callback', 'https://app.example.com'],
  ['https://app.example.com:8443/callback', 'https://app.example.com:8443'],
  ['com.example.app:/callback', 'com.example.app:'],
  ['com.example.app://callback', 'com.example.app:'],
  ['http://127.0.0.1:53711/callback', 'http://127.0.0.1:53711'],
  ['http://localhost:3000/callback', 'http://localhost:3000'],
  ['http://[::1]:53711/callback', 'http:'],
])('the forms of a sign-in that ends at %s may lead to %s and nowhere else', async (uri, source) => {
  const registered = uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+/, '$1');
  const client = await registerClient(app, { type: 'NATIVE', redirectUris: [registered] });
  const url = authorizeUrl(client, { ...anyPkce, redirect_uri: uri });
  const browser = newBrowser(app);
  const login = await browser.visit(url);
  const wrong = await browser.submit(login, { email: app.owner.email, password: 'not the password' });
  const consent = await browser.signIn(app.owner, login);
  expect(consent.url.pathname).toBe('/consent');
  for (const page of [login, wrong, consent]) {
    expect(directives(page.headers.get('content-security-policy'))['form-action']).toBe(`'self' ${source}`);
  }
});

test('the other-account form may lead back to the app; a form without an app only to us', async () => {
  const all = await pages();
  const target = (page: { headers: Headers }) => directives(page.headers.get('content-security-policy'))['form-action'];
  expect(target(all['other-account'])).toBe("'self' https://app.example.com");
  for (const page of [all.login, all.logout, all.home, all['not found']]) expect(target(page)).toBe("'self'");
});

describe('on https', () => {
  let secure: TestApp;
  beforeAll(async () => {
    secure = await createTestApp({ issuer: 'https://id.example.com' });
  });
  afterAll(() => secure.close());

  test('cookies have the __Host- prefix and all that it demands (RFC 6265bis 4.1.3.2)', async () => {
    const browser = await signedInBrowser(secure);
    const cookies = await browser.jar.getCookies('https://id.example.com/');
    expect(cookies.map(({ key }) => key).sort()).toEqual([
      '__Host-latchkey',
      '__Host-latchkey-browser',
      '__Host-latchkey-known',
    ]);
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', sameSite: 'lax', hostOnly: true });
    }
  });

  test('a cookie without the prefix, as a sibling could set it, is no session', async () => {
    const browser = await signedInBrowser(secure);
    const cookies = await browser.jar.getCookies('https://id.example.com/');
    const bare = cookies.map(({ key, value }) => `${key.replace('__Host-', '')}=${value}`).join('; ');
    const response = await secure.request('/', { headers: { cookie: bare } });
    expect(await response.text()).not.toContain(secure.owner.email);
  });

  test('the browser is told to stay on https (RFC 6797)', async () => {
    for (const path of ['/', '/oauth/jwks', '/nothing-here']) {
      const { headers } = await secure.request(path);
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
    }
  });
});

test('on a loopback issuer cookies are plain, and still closed to scripts and other sites', async () => {
  const browser = await signedInBrowser(app);
  const cookies = await browser.jar.getCookies(app.issuer);
  expect(cookies.map(({ key }) => key).sort()).toEqual(['latchkey', 'latchkey-browser', 'latchkey-known']);
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ secure: false, httpOnly: true, path: '/', sameSite: 'lax' });
});
