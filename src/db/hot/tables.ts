// Which tables a statement of the hot paths reads, and which it changes, by its text: they name each as "Table", after the word
// that says what for.
const read = /\b(?:FROM|JOIN) "(\w+)"/g;
const changed = /^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"/;

/** The tables that a SELECT reads, those of its subqueries among them. */
export function tablesRead(sql: string): ReadonlySet<string> {
  return new Set(Array.from(sql.matchAll(read), ([, name]) => name as string));
}

/**
 * The one table that an INSERT, UPDATE or DELETE changes.
 * @throws Error for any other statement
 */
export function tableChanged(sql: string): string {
  const name = changed.exec(sql)?.[1];
  if (name === undefined) throw new Error(`It does not say which table it changes: ${sql}`);
  return name;
}
