// The demo's data: the same after every start, on a database of its own only.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { createOAuthClient } from '../../src/clients/service.js';
import { foreignAccounts, requireFreePort, requireOwnDatabase } from '../../src/demo/checks.js';
import { acme, demoPassword, globex } from '../../src/demo/people.js';
import { seed } from '../../src/demo/seed.js';
import { walkthrough } from '../../src/demo/walkthrough.js';
import { actorOfMember, authenticateMember, setPassword } from '../../src/members/service.js';
import { createTestApp, startTestServer, type TestApp } from '../support/app.js';
import { createEmptyTestDatabase, createTestDatabase } from '../support/database.js';

const redirectUri = 'http://127.0.0.1:5000/callback';
const nowhere = { ipAddress: null, userAgent: null };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  // The test's own owner is none of the demo's people.
  await app.db.account.deleteMany();
});
afterAll(() => app.close());

async function counts() {
  const [accounts, members, clients, secrets] = await Promise.all([
    app.db.account.count(),
    app.db.member.count(),
    app.db.oAuthClient.count(),
    app.db.oAuthClientSecret.count(),
  ]);
  return { accounts, members, clients, secrets };
}

test('a second start leaves the same data, with new secrets and what people made meanwhile', async () => {
  const first = await seed(app.deps, redirectUri);
  const before = await counts();
  expect(before).toEqual({ accounts: 2, members: 6, clients: 5, secrets: 3 });
  const owner = await app.db.member.findUniqueOrThrow({ where: { emailKey: acme.owner.email } });
  const own = { name: 'My own app', redirectUris: ['https://app.example.com/callback'] };
  const { oauthClient } = await createOAuthClient(app.deps, actorOfMember(owner, nowhere), own);
  await setPassword(app.deps, operatorActor, globex.owner.email, 'something else entirely');

  const second = await seed(app.deps, redirectUri);
  expect(await counts()).toEqual({ ...before, clients: before.clients + 1, secrets: before.secrets + 1 });
  expect(second.partner.clientSecret).not.toBe(first.partner.clientSecret);
  expect(await app.db.oAuthClient.findUnique({ where: { clientId: first.partner.clientId } })).toBeNull();
  expect(await app.db.oAuthClient.findUnique({ where: { id: oauthClient.id } })).not.toBeNull();
  expect(await authenticateMember(app.deps, nowhere, globex.owner.email, demoPassword)).not.toBeNull();
});

test('the terminal names both pages, a person and the password', async () => {
  const clients = await seed(app.deps, redirectUri);
  const text = walkthrough({
    issuer: 'http://localhost:4000',
    partnerUrl: 'http://127.0.0.1:5000',
    databaseUrl: 'file:./data/demo.db',
    ...clients,
  });
  for (const word of ['http://localhost:4000/graphql', 'http://127.0.0.1:5000', acme.owner.email, demoPassword]) {
    expect(text).toContain(word);
  }
});

test('accounts that the demo did not make are found by their owners', async () => {
  await seed(app.deps, redirectUri);
  expect(await foreignAccounts(app.db)).toEqual([]);
  await app.addAccount('Acme', 'somebody@another.example');
  expect(await foreignAccounts(app.db)).toEqual(['Acme']);
});

test('a database without tables is fit for the demo, one with other accounts is not', async () => {
  const empty = await createEmptyTestDatabase();
  await requireOwnDatabase(empty.url);
  await empty.remove();

  const database = await createTestDatabase();
  const other = await createTestApp({ database });
  await expect(requireOwnDatabase(database.url)).rejects.toThrow(
    'accounts that the demo did not make ("My organization")',
  );
  await other.close();
  await database.close();
});

test('a port in use is named with the variable that chooses another', async () => {
  const server = await startTestServer();
  const port = Number(new URL(server.issuer).port);
  await expect(requireFreePort(port, 'PARTNER_PORT')).rejects.toThrow(
    `port ${port} is in use. Stop what uses it, or choose another: PARTNER_PORT=${port + 10} npm run demo`,
  );
  await server.close();
});
