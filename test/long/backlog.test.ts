// A backlog of 50,000 expired rows; a smaller one is in the default suite.
import { expect, test } from 'vitest';
import { expectBacklogToGo } from '../operations/backlog.js';
import { createTestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';

test('50,000 rows that are over go, while requests are answered and all that lives stays', async () => {
  const database = await createTestDatabase();
  const app = await createTestApp({ database });
  try {
    await expectBacklogToGo(app, database, 1);
    expect(await app.db.member.count()).toBe(1);
  } finally {
    await app.close();
    await database.close();
  }
});
