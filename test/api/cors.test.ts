// Pages on other origins: none may read the API unless it is configured, and then with a bearer token and never a cookie.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf, post, signedInBrowser } from '../support/graphql.js';

const consoleOrigin = 'https://console.example.com';
const preflight = (app: TestApp, origin: string, method = 'POST') =>
  app.request('/graphql', {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  });
const corsHeaders = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
const query = { query: '{ viewer { role } }' };

describe('by default', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  test('no origin may read an answer', async () => {
    const { token } = await apiTokenOf(app, 'READER');
    for (const origin of [consoleOrigin, 'null', app.issuer]) {
      expect(corsHeaders((await preflight(app, origin)).headers)).toEqual([]);
      expect(corsHeaders((await post(app, query, { origin, authorization: `Bearer ${token}` })).headers)).toEqual([]);
    }
  });
});

describe('with origins configured', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp({ config: { corsOrigins: [consoleOrigin, 'https://other.example.com'] } });
  });
  afterAll(() => app.close());

  test('they may send a bearer token, and read the answer', async () => {
    const asked = await preflight(app, consoleOrigin);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(consoleOrigin);
    expect(asked.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
    expect(asked.headers.get('access-control-allow-methods')).not.toContain('DELETE');
    const { token } = await apiTokenOf(app, 'READER');
    const answer = await post(app, query, { origin: consoleOrigin, authorization: `Bearer ${token}` });
    expect(answer.data).toEqual({ viewer: { role: 'READER' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(consoleOrigin);
    expect(answer.headers.get('vary')?.toLowerCase()).toContain('origin');
  });

  test('they read why a token was refused', async () => {
    const answer = await post(app, query, { origin: consoleOrigin, authorization: 'Bearer wrong' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(consoleOrigin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
  });

  test('they never may use the session', async () => {
    const asked = await preflight(app, consoleOrigin);
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const browser = await signedInBrowser(app, app.owner);
    const cookie = await browser.jar.getCookieString(app.issuer);
    const answer = await post(app, query, { origin: consoleOrigin, cookie });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test.each(['https://evil.example', 'https://console.example.com.evil.example', 'http://console.example.com', 'null'])(
    '%s is none of them',
    async (origin) => {
      expect((await preflight(app, origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await post(app, query, { origin })).headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('nothing but /graphql is opened to them', async () => {
    for (const path of ['/login', '/oauth/authorize', '/logout']) {
      const response = await app.request(path, { headers: { origin: consoleOrigin } });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
