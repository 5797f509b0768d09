// Floods: how many requests of each kind are answered, what is said when it is one too many, and that it is said beforehand how
// many are left.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestLimits } from '../../src/http/request-limits.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { fieldsOf } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { anyPkce, authorizeUrl, newBrowser, postForm, registerClient, token } from '../support/oauth.js';

/** As small as it gets: three sign-ins, one of most others. */
const tiny = 0.01;
const origin = 'https://app.example.com';
const robot = { grantTypes: ['client_credentials'] as const, redirectUris: [], scopes: ['reader'] };
const grant = { grant_type: 'client_credentials' };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** One more process, which has counted nothing yet. */
function appWith(rateLimitFactor: number) {
  return createTestApp({ database, config: { trustedProxies: 1, rateLimitFactor } });
}

async function signIn(app: TestApp, address: string, password = app.owner.password, browser = newBrowser(app)) {
  const fields = { ...fieldsOf((await browser.visit('/login?again=1')).html), email: app.owner.email, password };
  return postForm(browser, '/login', fields, { origin: app.issuer, 'x-forwarded-for': address });
}

function ratesOf({ headers }: { headers: Headers }) {
  return { left: headers.get('ratelimit'), policy: headers.get('ratelimit-policy'), retry: headers.get('retry-after') };
}

describe('sign-ins of one network', () => {
  test('are counted down in headers, then refused on the sign-in page, and let in again after a minute', async () => {
    const app = await appWith(tiny);
    const policy = '"sign-in";q=3;w=60';
    for (const left of [2, 1, 0]) {
      const answer = await signIn(app, '192.0.2.1');
      expect(answer.status).toBe(303);
      expect(ratesOf(answer)).toEqual({ left: `"sign-in";r=${left};t=60`, policy, retry: null });
    }
    const refused = await signIn(app, '192.0.2.1');
    expect(refused.status).toBe(429);
    expect(ratesOf(refused)).toEqual({ left: '"sign-in";r=0;t=60', policy, retry: '60' });
    expect(await refused.text()).toContain('Too many requests. Try again in 60 seconds.');
    expect((await signIn(app, '192.0.2.2')).status).toBe(303);
    app.clock.advance(60);
    expect((await signIn(app, '192.0.2.1')).status).toBe(303);
  });

  test('do not keep a member out of a browser that they signed in with before', async () => {
    const app = await appWith(tiny);
    const known = newBrowser(app);
    expect((await signIn(app, '192.0.2.1', app.owner.password, known)).status).toBe(303);
    for (let count = 0; count < 5; count += 1) await signIn(app, '192.0.2.1');
    expect((await signIn(app, '192.0.2.1')).status).toBe(429);
    const again = await signIn(app, '192.0.2.1', app.owner.password, known);
    expect(again.status).toBe(303);
  });

  test('are told alike in a browser that is known for the address and for any other', async () => {
    const app = await appWith(tiny);
    const known = newBrowser(app);
    await signIn(app, '192.0.2.1', app.owner.password, known);
    const other = await app.addMember('READER', 'alike@example.com');
    const fields = { ...fieldsOf((await known.visit('/login?again=1')).html), password: 'not the password' };
    const guess = async (email: string, address: string) => {
      const headers = { origin: app.issuer, 'x-forwarded-for': address };
      return ratesOf(await postForm(known, '/login', { ...fields, email }, headers));
    };
    const expected = await guess(other.email, '192.0.2.2');
    expect(expected.left).toBe('"sign-in";r=2;t=60');
    app.clock.advance(60);
    expect(await guess(app.owner.email, '192.0.2.3')).toEqual(expected);
  });
});

test('one member signs in sixty times a minute in browsers that they signed in with, however many those are', async () => {
  const app = await appWith(0.05);
  const browsers = [newBrowser(app), newBrowser(app), newBrowser(app), newBrowser(app)];
  for (const [index, browser] of browsers.entries()) {
    expect((await signIn(app, `192.0.2.${index}`, app.owner.password, browser)).status).toBe(303);
  }
  const statuses: number[] = [];
  for (const [index, browser] of browsers.entries()) {
    statuses.push((await signIn(app, `192.0.2.${index}`, app.owner.password, browser)).status);
  }
  expect(statuses).toEqual([303, 303, 303, 429]);
  const refused = await signIn(app, '192.0.2.9', app.owner.password, browsers[0]);
  expect([refused.status, ratesOf(refused).retry]).toEqual([429, '60']);
  app.clock.advance(60);
  expect((await signIn(app, '192.0.2.9', app.owner.password, browsers[0])).status).toBe(303);
});

test('asking for links is refused as a page, with Retry-After', async () => {
  const app = await appWith(tiny);
  const ask = async () => {
    const browser = newBrowser(app);
    const fields = { ...fieldsOf((await browser.visit('/forgot-password')).html), email: 'nobody@example.com' };
    return postForm(browser, '/forgot-password', fields, { origin: app.issuer, 'x-forwarded-for': '192.0.2.1' });
  };
  expect((await ask()).status).toBe(303);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(ratesOf(refused)).toMatchObject({ policy: '"link";q=1;w=60', retry: '60' });
  expect(await refused.text()).toContain('<h1>Please wait a moment</h1>');
});

test('authorization requests without a session are refused as a page; those of a signed-in browser are not', async () => {
  const app = await appWith(0.0001);
  const client = await registerClient(app);
  const url = authorizeUrl(client, anyPkce);
  const ask = (browser = newBrowser(app)) => browser.fetch(url, { headers: { 'x-forwarded-for': '192.0.2.1' } });
  expect((await ask()).status).toBe(303);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(ratesOf(refused)).toMatchObject({ policy: '"authorize";q=1;w=3600', retry: '3600' });
  const signedIn = newBrowser(app);
  await signedIn.signIn(app.owner);
  expect((await ask(signedIn)).status).toBe(303);
});

describe('the token endpoint', () => {
  test('counts by client, says what is left, and refuses in JSON', async () => {
    const app = await appWith(0.000005);
    const [busy, other] = [await registerClient(app, robot), await registerClient(app, robot)];
    for (const left of [2, 1, 0]) {
      const answer = await token(app, busy, grant);
      expect(answer.status).toBe(200);
      expect(ratesOf(answer)).toMatchObject({ left: `"client";r=${left};t=60`, policy: '"client";q=3;w=60' });
    }
    const refused = await token(app, busy, grant);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'Too many requests. Try again in 60 seconds.',
    });
    expect((await token(app, other, grant)).status).toBe(200);
  });

  test('counts who proves nothing by network, and lets who proves it pass', async () => {
    const app = await appWith(0.0005);
    const client = await registerClient(app, robot);
    for (let count = 0; count < 3; count += 1) {
      expect((await token(app, { ...client, clientId: 'nobody' }, grant)).status).toBe(401);
    }
    const refused = await token(app, { ...client, clientId: 'nobody' }, grant);
    expect(refused.status).toBe(429);
    expect(ratesOf(refused)).toMatchObject({ policy: '"unproven";q=3;w=60', retry: '60' });
    const userinfo = await app.request('/oauth/userinfo', { headers: { authorization: 'Bearer nothing' } });
    expect(userinfo.status).toBe(429);
    expect((await token(app, client, grant)).status).toBe(200);
  });

  test('lets pages of a client’s origins read the headers', async () => {
    const app = await appWith(1);
    const client = await registerClient(app, { ...robot, allowedOrigins: [origin] });
    const basic = Buffer.from(`${client.clientId}:${client.secret}`).toString('base64');
    const answer = await app.request('/oauth/token', {
      method: 'POST',
      headers: { origin, authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(grant).toString(),
    });
    const exposed = answer.headers.get('access-control-expose-headers') ?? '';
    for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After']) expect(exposed.split(', ')).toContain(name);
  });
});

test('GraphQL requests of nobody and with tokens that are not valid are RATE_LIMITED; others are not', async () => {
  const app = await appWith(0.0004);
  const ask = (headers: Record<string, string>) =>
    app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"query":"{ __typename }"}',
    });
  expect((await ask({})).status).toBe(200);
  expect((await ask({ authorization: 'Bearer lkt_nothing' })).status).toBe(401);
  for (const headers of [{}, { authorization: 'Bearer lkt_nothing' }]) {
    const refused = await ask(headers as Record<string, string>);
    expect(refused.status).toBe(429);
    expect(ratesOf(refused)).toEqual({
      left: '"anonymous";r=0;t=60',
      policy: '"anonymous";q=2;w=60',
      retry: '60',
    });
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  }
  const browser = newBrowser(app);
  await browser.signIn(app.owner);
  const { status, headers } = await browser.graphql('{ __typename }');
  expect(status).toBe(200);
  expect(headers.get('ratelimit')).toMatch(/^"graphql";r=\d+;t=\d+$/);
});

test('a factor of 0 switches the limits off, and leaves failures limited', async () => {
  const app = await appWith(0);
  for (let count = 0; count < 10; count += 1) {
    const answer = await signIn(app, '192.0.2.1', 'not the password');
    expect(answer.status).toBe(400);
    expect(ratesOf(answer).left).toBe(null);
  }
  expect((await signIn(app, '192.0.2.1')).status).toBe(429);
});

test('no statement of the database is added by a limit', async () => {
  const statements = async (factor: number) => {
    const app = await appWith(factor);
    const client = await registerClient(app, robot);
    await token(app, client, grant);
    app.statements.length = 0;
    expect((await token(app, client, grant)).status).toBe(200);
    return app.statements.length;
  };
  expect(await statements(1)).toBe(await statements(0));
});

test('the operators’ page lists every limit as it is', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const numbers = new Intl.NumberFormat('en');
  for (const [name, { key, points, seconds, why }] of Object.entries(requestLimits)) {
    expect(page).toContain(
      `| \`${name}\` | ${key} | ${numbers.format(points)} in ${numbers.format(seconds)} s | ${why} |`,
    );
  }
});
