// Which tables a migration of PostgreSQL keeps to itself, and how much of them: read from its SQL, so that all of them can be had
// before its first statement.

// As PostgreSQL calls them, from weak to strong (https://www.postgresql.org/docs/current/explicit-locking.html).
const taken: readonly (readonly [statement: RegExp, mode: string])[] = [
  [/\bCREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?"\w+" ON "(\w+)"/gi, 'SHARE'],
  [/\bREFERENCES "(\w+)"/gi, 'SHARE ROW EXCLUSIVE'],
  // Stronger than what the statement takes: whoever locked a row first could wait for a table, and so for the migration.
  [/\b(?:UPDATE|DELETE FROM) "(\w+)"/gi, 'EXCLUSIVE'],
  [/\b(?:ALTER|DROP) (?:TABLE|INDEX) (?:IF EXISTS )?(?:ONLY )?"(\w+)"/gi, 'ACCESS EXCLUSIVE'],
];

/**
 * The statements that take what migrations will need of tables that are there, one for each kind of lock.
 * @param sql of all migrations of a start
 * @param tableOf the table of each name of a table or an index that is there; other names are what the migrations make
 */
export function lockStatements(sql: string, tableOf: ReadonlyMap<string, string>): string[] {
  const flat = sql.replace(/\s+/g, ' ');
  const modeOf = new Map<string, string>();
  for (const [statement, mode] of taken) {
    for (const [, name = ''] of flat.matchAll(statement)) {
      const table = tableOf.get(name);
      if (table !== undefined) modeOf.set(table, mode);
    }
  }
  return taken.flatMap(([, mode]) => {
    const tables = [...modeOf].flatMap(([table, its]) => (its === mode ? [`"${table}"`] : []));
    return tables.length === 0 ? [] : [`LOCK TABLE ${tables.join(', ')} IN ${mode} MODE`];
  });
}
