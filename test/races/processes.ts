// Several processes over one database, as far as one process can be several: each has the application with a connection, a
// memory and an id maker of its own.
import { openDatabase } from '../../src/db/client.js';
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';

export interface Processes {
  readonly apps: readonly [TestApp, TestApp];
  /** Moves the clocks of all. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** Two processes over a fresh database. Close them after the test. */
export async function startProcesses(options: Pick<TestAppOptions, 'config'> = {}): Promise<Processes> {
  const database = await createTestDatabase();
  const first = await createTestApp({ ...options, database });
  // A pool as small as the other's.
  const { close, ...opened } = await openDatabase(database.url, { poolSize: 5 });
  const second = await createTestApp({ ...options, database: { ...database, ...opened, statements: [] } });
  return {
    apps: [first, second],
    advance: (seconds) => {
      for (const { clock } of [first, second]) clock.advance(seconds);
    },
    close: async () => {
      await Promise.all([first.close(), second.close()]);
      await close();
      await database.close();
    },
  };
}
