// How results look in a terminal: columns, and moments in few letters.

/** Prints rows with their columns one below the other. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** A DateTime of the API, which is text, to the second. */
export function moment(dateTime: string | null | undefined): string {
  return dateTime ? dateTime.slice(0, 19).replace('T', ' ') : 'never';
}
