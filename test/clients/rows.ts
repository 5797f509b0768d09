// Rows of clients as a test of lists needs them: many, quickly, with what they are sorted by.
import type { TestApp } from '../support/app.js';
import { registerClient } from '../support/oauth.js';

export interface Row {
  readonly id: string;
  readonly name: string;
  /** When it was last used, as the column for sorting has it; '' for never. */
  readonly lastUsed: string;
}

/** Builds what stores rows in an account, each a copy of one that was registered, one after the other. */
export async function createRowMaker(app: TestApp, accountId: string) {
  const { id } = await registerClient(app, { type: 'PUBLIC' });
  const template = await app.db.oAuthClient.delete({ where: { id } });
  let made = 0;
  return async (given: readonly { name?: string; lastUsed?: string }[]): Promise<Row[]> => {
    const rows = given.map(({ name = 'Client', lastUsed = '' }) => ({
      id: app.deps.newId('oauthClient'),
      name,
      lastUsed,
    }));
    await app.db.oAuthClient.createMany({
      data: rows.map((row) => {
        made += 1;
        return {
          ...template,
          id: row.id,
          clientId: `made-${made}`,
          accountId,
          createdById: null,
          name: row.name,
          nameKey: row.name.toLowerCase(),
          searchText: row.name.toLowerCase(),
          lastUsedAt: row.lastUsed === '' ? null : new Date(row.lastUsed),
          lastUsedSortKey: row.lastUsed,
        };
      }),
    });
    return rows;
  };
}
