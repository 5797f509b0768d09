// The headers of every route that there is: what holds for whatever answers, and that what is personal is kept by no cache. A new
// route is held to it by being there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { TestBrowser } from '../support/browser.js';
import { signedInBrowser } from '../support/oauth.js';

/** What is the same for everybody, and may be kept. */
const publicPaths = [
  /^\/assets\//,
  /^\/favicon\.ico$/,
  /^\/health/,
  /^\/graphql\/(schema\.graphql|assets)/,
  /^\/logos\//,
  /^\/\.well-known\//,
  /^\/oauth\/jwks$/,
];

/** Pages that an app may have opened in a window of its own, which must not forget its opener. */
const stepsForApps = [
  '/choose-account',
  '/consent',
  '/forgot-password',
  '/login',
  '/logout',
  '/oauth/authorize',
  '/oauth/logout',
  '/other-account',
  '/reset-password',
];

describe.each(['http://localhost:4000', 'https://id.example.com'])('of %s', (issuer) => {
  let app: TestApp;
  let browser: TestBrowser;
  beforeAll(async () => {
    app = await createTestApp({ issuer });
    browser = await signedInBrowser(app);
  });
  afterAll(() => app.close());

  /** One answer of every route, for somebody who is signed in. */
  async function answers() {
    const routes = app.app.routes.filter(({ method }) => method === 'GET' || method === 'POST');
    const each = new Map(routes.map(({ method, path }) => [`${method} ${path}`, { method, path }]));
    expect(each.size).toBeGreaterThan(35);
    return Promise.all(
      [...each].map(async ([name, { method, path }]) => {
        const response = await browser.fetch(path.replaceAll(/:\w+/g, 'x'), {
          method,
          headers: { accept: 'text/html' },
        });
        return { name, path, headers: response.headers };
      }),
    );
  }

  test('every answer is safe from frames, sniffing and referrers, and does without what it does not need', async () => {
    for (const { name, headers } of await answers()) {
      expect(headers.get('x-frame-options'), name).toBe('DENY');
      expect(headers.get('x-content-type-options'), name).toBe('nosniff');
      expect(headers.get('referrer-policy'), name).toBe('no-referrer');
      expect(headers.get('permissions-policy'), name).toMatch(/\bcamera=\(\), .*\bgeolocation=\(\), .*\busb=\(\)/);
      const https = headers.get('strict-transport-security');
      if (issuer.startsWith('https:')) expect(https, name).toMatch(/^max-age=31536000/);
      else expect(https, name).toBeNull();
    }
  });

  test('every policy forbids what comes from elsewhere and whatever script is written into a page', async () => {
    for (const { name, headers } of await answers()) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, name).toMatch(/(^|; )default-src 'none'/);
      if (!/sandbox/.test(policy)) expect(policy, name).toMatch(/frame-ancestors 'none'/);
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
      expect(scripts, name).not.toMatch(/unsafe|https?:|\*/);
      if (headers.get('content-type')?.startsWith('text/html')) expect(policy, name).toMatch(/base-uri 'none'/);
    }
  });

  test('what is personal is stored nowhere', async () => {
    for (const { name, path, headers } of await answers()) {
      if (publicPaths.some((known) => known.test(path))) continue;
      expect(headers.get('cache-control'), name).toMatch(/\bno-store\b/);
    }
  });

  test('pages are closed to the windows of others, save where an app waits for its window (HTML, 7.1.3)', async () => {
    for (const { name, path, headers } of await answers()) {
      const expected = stepsForApps.includes(path) ? 'unsafe-none' : 'same-origin';
      expect(headers.get('cross-origin-opener-policy'), name).toBe(expected);
    }
  });
});
