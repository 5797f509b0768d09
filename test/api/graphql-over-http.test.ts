// GraphQL over HTTP, by the audits of graphql-http's own suite against the whole application.
import { type AuditResult, serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { createTestApp } from '../support/app.js';

test('every audit of graphql-http passes, without a warning, an error or a notice', async () => {
  const app = await createTestApp();
  try {
    const fetchFn = (url: string, init: RequestInit) => app.request(`/graphql${new URL(url).search}`, init);
    const results: AuditResult[] = [];
    for (const audit of serverAudits({ url: `${app.issuer}/graphql`, fetchFn })) results.push(await audit.fn());
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(results).toHaveLength(61);
  } finally {
    await app.close();
  }
});
