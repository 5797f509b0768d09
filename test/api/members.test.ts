// What members see of one another: all of themselves and the names of the others; addresses are for OWNER and ADMIN.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
const lastSeen = new Date('2026-05-01T00:00:00.000Z');
let colleague: { id: string; email: string };
const callers: Record<string, Ask> = {};
beforeAll(async () => {
  app = await createTestApp();
  colleague = await app.addMember('READER', 'colleague@example.com');
  await app.db.member.update({ where: { id: colleague.id }, data: { lastSeenAt: lastSeen } });
  for (const role of ['READER', 'WRITER', 'ADMIN'] as const) {
    callers[role] = await signedIn(app, await app.addMember(role));
    callers[`API token of role ${role}`] = bearer(app, (await apiTokenOf(app, role)).token);
  }
  callers.OWNER = await signedIn(app, app.owner);
  callers['OAuth token with writer'] = await throughClient(app, await registerClient(app), 'writer');
});
afterAll(() => app.close());

const outcomes: [string, boolean][] = [
  ['READER', false],
  ['WRITER', false],
  ['ADMIN', true],
  ['OWNER', true],
  ['API token of role READER', false],
  ['API token of role WRITER', false],
  ['API token of role ADMIN', true],
  ['OAuth token with writer', false],
];

test.each(outcomes)('%s sees the name of a colleague, and the address: %s', async (caller, seesAddress) => {
  const ask = callers[caller] as Ask;
  const select = (fields: string) =>
    ask(`query ($id: ID!) { node(id: $id) { ... on Member { ${fields} } } }`, { id: colleague.id });
  const open = await select('name role status createdAt emailVerified');
  expect(open.errors).toBeUndefined();
  expect(open.data.node).toMatchObject({ name: 'The READER', role: 'READER', status: 'ACTIVE' });
  for (const field of ['email', 'lastSeenAt']) {
    const { data, errors } = await select(field);
    expect(errors).toBeUndefined();
    const seen = field === 'email' ? colleague.email : lastSeen.toISOString();
    expect(data.node[field]).toBe(seesAddress ? seen : null);
  }
});

test.each(outcomes)('%s sees their own address', async (caller) => {
  const { data, errors } = await (callers[caller] as Ask)('{ viewer { member { email lastSeenAt } } }');
  expect(errors).toBeUndefined();
  expect(data.viewer.member.email).toContain('@example.com');
});
