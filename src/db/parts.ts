// What an open database is made of on either provider: Prisma's client, the adapter under it, and the hot paths beside it. Only what
// is needed is loaded. For client.ts alone.
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { type HotPaths, hotPathsOnPostgresql, hotPathsOnSqlite } from './hot/paths.js';
import { prepareSqliteFile } from './url.js';

/** Called with each SQL statement. */
export type OnQuery = (sql: string) => void;

/** What differs between the two, until there is a connection and then. */
interface Parts {
  readonly Client: typeof import('./generated/sqlite/client.js').PrismaClient;
  readonly factory: SqlDriverAdapterFactory;
  /** To be called once Prisma has connected. */
  openHotPaths(onQuery?: OnQuery): { readonly hotPaths: HotPaths; close(): void };
}

/** A factory that keeps the adapter which it made for Prisma. */
function keeping<Adapter extends SqlDriverAdapter>(
  stock: Omit<SqlDriverAdapterFactory, 'connect'> & { connect(): Promise<Adapter> },
): { readonly factory: SqlDriverAdapterFactory; adapter(): Adapter } {
  let made: Adapter | undefined;
  return {
    factory: {
      provider: stock.provider,
      adapterName: stock.adapterName,
      async connect() {
        const adapter = await stock.connect();
        made = adapter;
        return adapter;
      },
    },
    adapter() {
      if (!made) throw new Error('The database is not connected.');
      return made;
    },
  };
}

/** @param url `file:…`; the file, and its folder, are made when missing */
export async function sqliteParts(url: string): Promise<Parts> {
  const [{ PrismaClient }, { sqliteAdapterFactory }, { openSqliteConnection }] = await Promise.all([
    import('./generated/sqlite/client.js'),
    import('./sqlite-adapter.js'),
    import('./hot/sqlite.js'),
  ]);
  const path = prepareSqliteFile(url);
  const { factory, adapter } = keeping(sqliteAdapterFactory(path));
  return {
    Client: PrismaClient,
    factory,
    openHotPaths(onQuery) {
      const connection = openSqliteConnection(path, onQuery);
      const hotPaths = hotPathsOnSqlite(connection, (work) => adapter().alone(work));
      return { hotPaths, close: () => connection.close() };
    },
  };
}

/** @param poolSize the most connections */
export async function postgresqlParts(url: string, poolSize: number): Promise<Parts> {
  const [{ PrismaClient }, { postgresqlAdapterFactory }] = await Promise.all([
    import('./generated/postgresql/client.js'),
    import('./postgresql-adapter.js'),
  ]);
  const { factory, adapter } = keeping(postgresqlAdapterFactory(url, poolSize));
  // Both clients come from the same models, within what both providers have; only their private parts differ in type.
  return {
    Client: PrismaClient as unknown as Parts['Client'],
    factory,
    openHotPaths: (onQuery) => ({ hotPaths: hotPathsOnPostgresql(adapter(), onQuery), close: () => {} }),
  };
}
