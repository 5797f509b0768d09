// That a database of the version before, with data in it, is brought to this version, keeps the data and still signs in.
import { hash } from 'argon2';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations/migrate.js';
import { migrationsFolder, readMigrations } from '../../src/db/migrations/plan.js';
import { cheapHashParameters, createTestApp, ownerPassword } from '../support/app.js';
import { testProvider } from '../support/database.js';
import { newBrowser } from '../support/oauth.js';
import { createPreviousDatabase } from '../support/previous-migrations.js';

test('a database of the previous commit’s migrations, with data in it, migrates', async () => {
  const previous = await createPreviousDatabase();
  try {
    const names = readMigrations(migrationsFolder(testProvider)).map((migration) => migration.name);
    const { applied } = await migrate(previous.url);
    expect([...previous.migrations, ...applied].toSorted()).toEqual(names);
    const { db, close } = await openDatabase(previous.url);
    const member = await db.member.findUnique({
      where: { emailKey: 'owner@previous.example' },
      include: { account: true, createdClients: { include: { redirectUris: true } } },
    });
    await close();
    expect(member).toMatchObject({
      id: 'mem_previous',
      email: 'Owner@Previous.example',
      role: 'OWNER',
      createdAt: new Date('2026-01-02T03:04:05.678Z'),
      account: { name: 'Previous Ltd' },
      createdClients: [
        {
          clientId: 'previous-client',
          requirePkce: true,
          redirectUris: [{ uri: 'https://previous.example/callback', position: 0 }],
        },
      ],
    });
    // Once more, as at the next start.
    expect(await migrate(previous.url)).toEqual({ applied: [] });
  } finally {
    await previous.remove();
  }
});

test('a member of the previous version signs in with their password after the migration', async () => {
  const passwordHash = await hash(ownerPassword, cheapHashParameters);
  const previous = await createPreviousDatabase([{ table: 'Member', values: { id: 'mem_previous', passwordHash } }]);
  try {
    await migrate(previous.url);
    const opened = await openDatabase(previous.url);
    const app = await createTestApp({ database: { ...opened, url: previous.url, statements: [] } });
    const browser = newBrowser(app);
    await browser.signIn({ email: 'owner@previous.example', password: ownerPassword });
    const { data } = await browser.graphql('{ viewer { member { id } } oauthClients { nodes { clientId } } }');
    expect(data).toEqual({
      viewer: { member: { id: 'mem_previous' } },
      oauthClients: { nodes: [{ clientId: 'previous-client' }] },
    });
    await app.close();
    await opened.close();
  } finally {
    await previous.remove();
  }
});
