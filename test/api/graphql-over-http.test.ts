// GraphQL over HTTP (the working draft of the GraphQL Foundation), by the audits of graphql-http's own suite against the whole
// application: every MUST, SHOULD and MAY of it. That it gives no notices either is by design: what keeps other sites' pages out
// looks at the cookie of a session and at nothing that a client without one must send, so GETs work as they are; and a POST that
// is not JSON is answered 415, one of the refusals (4xx) that the draft lets a server choose from.
import { type AuditResult, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

async function audit(headers: Record<string, string> = {}): Promise<AuditResult[]> {
  const results: AuditResult[] = [];
  const fetchFn = (url: string, init: RequestInit = {}) =>
    app.request(`/graphql${new URL(url).search}`, { ...init, headers: { ...headers, ...(init.headers as object) } });
  for (const one of serverAudits({ url: `${app.issuer}/graphql`, fetchFn })) results.push(await one.fn());
  return results;
}

test('every audit of graphql-http passes, without an error, a warning or a notice', async () => {
  const results = await audit();
  expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(results).toHaveLength(61);
});

test('and so for a caller with an API token, and from a page of ours', async () => {
  const { token } = await apiTokenOf(app, 'READER');
  for (const headers of [
    { authorization: `Bearer ${token}` },
    { origin: app.issuer, 'sec-fetch-site': 'same-origin' },
  ]) {
    expect((await audit(headers)).filter(({ status }) => status !== 'ok')).toEqual([]);
  }
});
