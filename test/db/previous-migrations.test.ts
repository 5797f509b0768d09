// That a database of the version before, with data in it, is brought to this version and keeps the data.
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrate.js';
import { migrationsFolder, readMigrations } from '../../src/db/migrations.js';
import { testProvider } from '../support/database.js';
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
