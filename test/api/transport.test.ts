// How operations travel: JSON over POST, queries over GET, and nothing else; GraphiQL for whoever navigates there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf, post, signedInBrowser } from '../support/graphql.js';

let app: TestApp;
let authorization: string;
beforeAll(async () => {
  app = await createTestApp();
  authorization = `Bearer ${(await apiTokenOf(app, 'ADMIN')).token}`;
});
afterAll(() => app.close());

const query = '{ viewer { role } }';
const extensions = { cost: expect.anything() };
const admin = { data: { viewer: { role: 'ADMIN' } }, extensions };

const send = (contentType: string | null, body: RequestInit['body'], headers: Record<string, string> = {}) =>
  app.request('/graphql', {
    method: 'POST',
    headers: { authorization, ...(contentType === null ? {} : { 'content-type': contentType }), ...headers },
    body: body ?? null,
  });

const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  app.request(`/graphql?${new URLSearchParams(parameters)}`, { headers: { authorization, ...headers } });

async function expectBadInput(response: Response, status: number) {
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
}

describe('POST', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'])(
    'takes %s',
    async (type) => {
      const response = await send(type, JSON.stringify({ query }));
      expect(await response.json()).toEqual(admin);
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  // What a page elsewhere can send without asking first.
  test.each([
    ['application/x-www-form-urlencoded', new URLSearchParams({ query }).toString()],
    ['text/plain', JSON.stringify({ query })],
    ['text/plain; x=application/json', JSON.stringify({ query })],
    [
      'multipart/form-data; boundary=x',
      `--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n${query}\r\n--x--\r\n`,
    ],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--\r\n',
    ],
    ['application/graphql', query],
    ['Application/JSON', JSON.stringify({ query })],
    ['', JSON.stringify({ query })],
    [null, new TextEncoder().encode(JSON.stringify({ query }))],
  ])('refuses %s', async (type, body) => {
    await expectBadInput(await send(type, body), 415);
  });

  test('refuses many operations at once', async () => {
    for (const body of [[{ query }], [{ query }, { query }], []]) {
      await expectBadInput(await send('application/json', JSON.stringify(body)), 400);
    }
  });

  test.each([
    '',
    '{',
    'null',
    '5',
    '"text"',
    '{"query":5}',
    `{"query":${JSON.stringify(query)},"variables":"x"}`,
    '[[]]',
  ])('answers the body %s with what is wrong, and not with a fault of ours', async (body) => {
    await expectBadInput(await send('application/json', body), 400);
  });

  test('without a query says so', async () => {
    const response = await send('application/json', '{}');
    expect(response.status).toBeLessThan(500);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('takes a body of 100 kB and no more', async () => {
    const padded = (bytes: number) => JSON.stringify({ query }).padEnd(bytes, ' ');
    expect((await send('application/json', padded(100_000))).status).toBe(200);
    const response = await send('application/json', padded(100_001));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_LARGE' } }] });
    // A stream that does not say how long it is, and one that lies.
    const stream = () => new Blob([padded(200_000)]).stream();
    const streamed = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, duplex: 'half' };
    expect((await app.request('/graphql', { ...streamed, body: stream() } as RequestInit)).status).toBe(413);
  });

  test('executes the operation that is named', async () => {
    const document = 'query A { viewer { role } } query B { account { name } }';
    const named = await post(app, { query: document, operationName: 'B' }, { authorization });
    expect(named.data).toEqual({ account: { name: 'My organization' } });
    for (const operationName of [undefined, 'C']) {
      const answer = await post(app, { query: document, operationName }, { authorization });
      expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('GET', () => {
  test('executes a query with variables', async () => {
    const response = await get({
      query: 'query ($id: ID!) { node(id: $id) { id } }',
      variables: JSON.stringify({ id: app.owner.id }),
    });
    expect(await response.json()).toEqual({ extensions, data: { node: { id: app.owner.id } } });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('never executes a mutation', async () => {
    const mutation = 'mutation { createApiToken(input: { name: "x", role: READER }) { token } }';
    const before = await app.db.apiToken.count();
    const response = await get({ query: mutation });
    await expectBadInput(response, 405);
    expect(response.headers.get('allow')).toBe('POST');
    await expectBadInput(
      await get({ query: `${query} ${mutation.replace('mutation', 'mutation M')}`, operationName: 'M' }),
      405,
    );
    expect(await app.db.apiToken.count()).toBe(before);
  });

  test.each(['{', 'x', '"'])('answers the variables %s with what is wrong', async (text) => {
    await expectBadInput(await get({ query, variables: text }), 400);
    await expectBadInput(await get({ query, extensions: text }), 400);
  });
});

test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method) => {
  const response = await app.request('/graphql', { method, headers: { authorization } });
  await expectBadInput(response, 405);
  expect(response.headers.get('allow')).toBe('GET, POST');
});

describe('GraphiQL', () => {
  const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

  test('is what a browser that navigates to /graphql gets, under a policy of its own', async () => {
    const response = await app.request('/graphql', { headers: html });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    const text = await response.text();
    expect(text).toContain('/login?return_to=/graphql');
    // The API itself answers with nothing that a page may load.
    const api = await send('application/json', JSON.stringify({ query }));
    expect(api.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  test('says who is signed in, although navigation has no Origin', async () => {
    const browser = await signedInBrowser(app, app.owner);
    const { status, html: text } = await browser.visit('/graphql');
    expect(status).toBe(200);
    expect(text).toContain(app.owner.email);
  });

  test('executes nothing by itself, not even what its address holds', async () => {
    await app.beginCounting();
    const response = await app.request(`/graphql?query=${encodeURIComponent('{ account { name } }')}`, {
      headers: html,
    });
    expect(await response.text()).not.toContain('My organization');
    expect(app.statements).toEqual([]);
  });

  test.each(['*/*', 'application/json', 'application/graphql-response+json', ''])(
    'is not what a program gets that accepts %j',
    async (accept) => {
      const response = await get({ query }, { accept });
      expect(await response.json()).toEqual(admin);
    },
  );
});
