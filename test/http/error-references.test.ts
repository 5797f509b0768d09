// Whatever goes wrong on our side is answered with a reference and without its detail, and the log has both together.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OverloadedError } from '../../src/lib/errors.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { anyPkce, authorizeUrl, newBrowser, registerClient, type TestClient, token } from '../support/oauth.js';

const privateDetail = 'the database at 10.0.0.7 said hunter2';
const reference = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

/** Prisma's error for a lock that another process held too long. */
const busy = () => Object.assign(new Error(privateDetail), { code: 'P1008' });

/** Does the work while no client can be read. */
async function failing<T>(fault: () => Error, work: () => Promise<T>): Promise<T> {
  const { hotPaths } = app.deps;
  const reject = () => Promise.reject(fault());
  Object.assign(app.deps, { hotPaths: { ...hotPaths, authorizing: reject, caller: reject } });
  try {
    return await work();
  } finally {
    Object.assign(app.deps, { hotPaths });
  }
}

/** What the log has under a reference. */
function logged(id: string): string {
  return app.logLines.filter((line) => (JSON.parse(line) as { requestId?: string }).requestId === id).join('');
}

describe('a page', () => {
  test('of a fault of ours shows the reference under which the log has the detail', async () => {
    const page = await failing(
      () => new Error(privateDetail),
      () => newBrowser(app).visit(authorizeUrl(client, anyPkce)),
    );
    expect(page.status).toBe(500);
    const shown = reference.exec(page.html)?.[0] ?? 'none';
    expect(page.headers.get('x-request-id')).toBe(shown);
    expect(page.html).not.toMatch(/hunter2|10\.0\.0\.7/);
    expect(logged(shown)).toContain(privateDetail);
  });

  test.each<[string, () => string, number, string]>([
    ['for an unknown client', () => authorizeUrl(client, { client_id: 'unknown' }), 400, 'unknown client_id'],
    [
      'for an unregistered redirect URI',
      () => authorizeUrl(client, { redirect_uri: 'https://evil.example/' }),
      400,
      'sent https://evil.example/',
    ],
  ])('%s shows the reference under which the log has what it does not say', async (_, address, status, detail) => {
    const page = await newBrowser(app).visit(address());
    expect(page.status).toBe(status);
    expect(page.html).not.toContain(detail);
    expect(logged(reference.exec(page.html)?.[0] ?? 'none')).toContain(detail);
  });
});

describe('JSON', () => {
  test.each<[string, () => Error, number, string]>([
    ['a fault of ours', () => new Error(privateDetail), 500, 'server_error'],
    ['a database that is busy', busy, 503, 'temporarily_unavailable'],
    ['too much work', () => new OverloadedError(2), 503, 'temporarily_unavailable'],
  ])('for %s quotes the reference under which the log has the detail', async (_, fault, status, error) => {
    const {
      status: answered,
      body,
      headers,
    } = await failing(fault, () => token(app, client, { grant_type: 'client_credentials' }));
    expect([answered, body.error]).toEqual([status, error]);
    const quoted = reference.exec(body.error_description ?? '')?.[0] ?? 'none';
    expect(headers.get('x-request-id')).toBe(quoted);
    expect(JSON.stringify(body)).not.toMatch(/hunter2|10\.0\.0\.7/);
    expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
    expect(logged(quoted)).toContain(fault().message);
    expect(headers.get('cache-control')).toBe('no-store');
    if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('for what the caller can mend has none in its words, and the same one in its header as in the log', async () => {
    const { body, headers } = await token(app, { ...client, secret: 'wrong' }, { grant_type: 'client_credentials' });
    expect(body.error).toBe('invalid_client');
    expect(body.error_description).not.toMatch(reference);
    expect(logged(headers.get('x-request-id') ?? '')).toContain('wrong, expired or revoked secret');
  });
});
