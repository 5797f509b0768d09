// The line of each request in the log: what it says, at which level, and under which id.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf, bearer } from '../support/graphql.js';
import { newBrowser, obtainTokens, registerClient, token, userinfo } from '../support/oauth.js';
import { freePort, startService } from '../support/service.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(() => {
  app.logLines.length = 0;
});

type Line = Readonly<Record<string, unknown>>;

const answered = (of = app): Line[] =>
  of.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'answered');

test('there is one line a request: method, route, status, time and address, under the id that is answered', async () => {
  const response = await app.request('/oauth/jwks');
  const [line, ...others] = answered();
  expect(others).toEqual([]);
  expect(line).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    requestId: response.headers.get('x-request-id'),
    method: 'GET',
    route: '/oauth/jwks',
    status: 200,
    ms: expect.any(Number),
    ipAddress: null,
    msg: 'answered',
  });
});

test.each([
  ['/logos/cli_1/abc?secret=1', '/logos/:clientRowId/:hash'],
  ['/graphql?query={__typename}', '/graphql'],
  ['/nothing/of/ours', '(none)'],
  ['/lkt_pasted', '(none)'],
  ['/oauth/nothing', '(none)'],
])('%s is logged as %s', async (path, route) => {
  await app.request(path);
  expect(answered().map((line) => line.route)).toEqual([route]);
});

test('who it was is in the line as soon as it is known, by the ids of the rows', async () => {
  const client = await registerClient(app);
  const { accessToken } = await obtainTokens(app, client);
  const ids = { client: client.id, member: app.owner.id };
  const authorizing = answered().filter(({ route }) => route === '/oauth/authorize');
  expect(authorizing.at(-1)).toMatchObject({ client: client.id });
  expect(answered().find(({ route, method }) => route === '/login' && method === 'POST')).toMatchObject({
    member: app.owner.id,
  });
  app.logLines.length = 0;
  await userinfo(app, accessToken);
  await token(app, client, { grant_type: 'client_credentials' });
  const { token: apiToken } = await apiTokenOf(app, 'ADMIN');
  await bearer(app, apiToken)('{ viewer { role } }');
  const [asked, called, queried] = answered();
  expect(asked).toMatchObject(ids);
  expect(called).toMatchObject({ client: client.id });
  expect(called).not.toHaveProperty('member');
  expect(queried).toMatchObject({ member: app.owner.id });
  expect(queried).not.toHaveProperty('client');
});

describe('the name of a GraphQL operation', () => {
  const named = async (query: string) => {
    const { token: apiToken } = await apiTokenOf(app, 'READER');
    await bearer(app, apiToken)(query);
    return answered().at(-1)?.operation;
  };

  test('is in the line', async () => expect(await named('query WhoAmI { viewer { role } }')).toBe('WhoAmI'));
  test.each([
    ['there is none', '{ viewer { role } }'],
    ['it is long', `query ${'a'.repeat(41)} { viewer { role } }`],
    ['it looks like a secret of ours', 'query lkt_abc { viewer { role } }'],
    ['the operation is not valid', 'query Wrong { nonsense }'],
  ])('is not when %s', async (_, query) => expect(await named(query)).toBeUndefined());
});

describe('the level', () => {
  async function levelOf(fault: Error): Promise<unknown> {
    const keys = vi.spyOn(app.db.signingKey, 'findMany').mockRejectedValue(fault);
    app.clock.advance(60);
    const { status } = await app.request('/oauth/jwks');
    keys.mockRestore();
    expect(status).toBeGreaterThanOrEqual(500);
    return answered().at(-1)?.level;
  }

  test('of a fault of ours is error', async () => expect(await levelOf(new Error('of ours'))).toBe(50));

  test('of what somebody asked wrongly is info', async () => {
    await app.request('/oauth/token', { method: 'POST' });
    expect(answered().map(({ level, status }) => [level, status])).toEqual([[30, 400]]);
  });
});

describe('the id of a request', () => {
  const idOf = async (of: TestApp, given: string) =>
    (await of.request('/healthz', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

  test('is ours when no proxy is trusted, whatever is sent', async () => {
    expect(await idOf(app, 'aaaaaaaa-bbbb-cccc')).toMatch(uuid);
  });

  test('is the proxy’s when one is trusted, if it has the form of an id', async () => {
    const behind = await createTestApp({ config: { trustedProxies: 1 } });
    expect(await idOf(behind, 'aaaaaaaa-bbbb-cccc')).toBe('aaaaaaaa-bbbb-cccc');
    expect(answered(behind)[0]?.requestId).toBe('aaaaaaaa-bbbb-cccc');
    for (const given of ['short', 'with a space', '<script>alert(1)</script>', 'a'.repeat(65), '{"a":1,"b":2}']) {
      expect(await idOf(behind, given)).toMatch(uuid);
    }
    await behind.close();
  });
});

test('of an error its name, message, code and cause are logged, and none of its other properties', async () => {
  const error = Object.assign(new Error('outer', { cause: new TypeError('inner') }), {
    code: 'P2002',
    meta: 'a value',
  });
  app.deps.log.error({ err: error }, 'failed');
  const { err } = JSON.parse(app.logLines.at(-1) ?? '{}');
  expect(err).toEqual({
    type: 'Error',
    message: 'outer',
    code: 'P2002',
    cause: { type: 'TypeError', message: 'inner', stack: expect.any(String) },
    stack: expect.any(String),
  });
});

test('the start is logged with version, kind of database and the settings that matter, without a password', async () => {
  const lines: string[] = [];
  const port = await freePort();
  const write = vi.spyOn(await import('pino').then(({ pino }) => pino), 'destination').mockReturnValue({
    write: (line: string) => void lines.push(line),
    flushSync() {},
  } as never);
  const service = await startService(port, {
    LATCHKEY_LOG_LEVEL: 'info',
    LATCHKEY_SMTP_URL: 'smtp://me:canary-of-smtp@127.0.0.1:1',
    LATCHKEY_TRUSTED_PROXIES: '1',
  });
  await service.stop();
  write.mockRestore();
  const started = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'started');
  expect(started).toMatchObject({ version: '0.1.0', trustedProxies: 1, mail: true, tls: false });
  expect(['sqlite', 'postgresql']).toContain(started.database);
  expect(lines.map((line) => JSON.parse(line).msg).slice(-2)).toEqual(['stopping', 'stopped']);
  expect(lines.join('')).not.toMatch(/canary|a secret for tests/);
});

test('a page in a browser gets its id as every answer does', async () => {
  const page = await newBrowser(app).visit('/login');
  expect(page.headers.get('x-request-id')).toBe(answered()[0]?.requestId);
});
