// The schema as a file that anybody may fetch: what is committed, cached for a while, and never loaded before it is asked for.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';

const path = '/graphql/schema.graphql';
const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test('is the committed schema, without a credential', async () => {
  const response = await app.request(path);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(committed);
});

test('is text that a browser shows, with its charset and nothing to sniff', async () => {
  const { headers } = await app.request(path, { headers: { accept: 'text/html,*/*;q=0.8' } });
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('may be kept for five minutes, and then be asked for again by its tag', async () => {
  const { headers } = await app.request(path);
  expect(headers.get('cache-control')).toBe('public, max-age=300');
  const tag = headers.get('etag') ?? '';
  expect(tag).toMatch(/^"[0-9a-f]+"$/);
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const again = await app.request(path, { headers: { 'if-none-match': known } });
    expect(again.status, known).toBe(304);
    expect(await again.text()).toBe('');
    expect(again.headers.get('etag')).toBe(tag);
  }
  expect((await app.request(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('HEAD says the same without the text', async () => {
  const [head, get] = await Promise.all([app.request(path, { method: 'HEAD' }), app.request(path)]);
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
  for (const name of ['content-type', 'cache-control', 'etag'])
    expect(head.headers.get(name)).toBe(get.headers.get(name));
});

test('nothing is written there', async () => {
  const { status, headers } = await app.request(path, { method: 'POST', body: committed });
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});
