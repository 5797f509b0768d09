// Texts in LIKE, which is what Prisma makes of `contains`, `startsWith` and `endsWith`: there `%` and `_` stand for anything, and
// Prisma says of none that it stands for itself. PostgreSQL takes a backslash for that, SQLite only when it is told so.

/** A text for `contains` that is found as it is written. */
export function literally(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

/** A statement of SQLite that takes the backslash as PostgreSQL does. */
export function withEscapes(sql: string): string {
  return sql.replaceAll(/\bLIKE (\?|\([^()]*\))/g, "$& ESCAPE '\\'");
}
