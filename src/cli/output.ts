// What commands print on standard output: lines and columns for people, one line of JSON for scripts.

/** What a command has to say, in both forms. */
export interface Report {
  /** For people; without a last newline. */
  readonly text: string;
  /** For scripts. */
  readonly json: unknown;
}

/** Prints a report in the form that was asked for. */
export function print(report: Report, asJson: boolean | undefined): void {
  process.stdout.write(`${asJson ? JSON.stringify(report.json) : report.text}\n`);
}

/**
 * Prints a part of what is too much to hold, and waits until the reader has taken it.
 * @returns false when nobody reads any more: failure.ts says how the command then ends
 */
export function printPart(text: string): Promise<boolean> {
  return new Promise((resolve) => process.stdout.write(text, (error) => resolve(!error)));
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, [...cell].length);
  }
  const pad = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length);
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

/** A table with headings; `nothing` when it has no rows. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], nothing: string): string {
  return rows.length === 0 ? nothing : aligned([headings, ...rows]).join('\n');
}

/** A sentence and, below it, names with their values. */
export function facts(sentence: string, pairs: readonly (readonly [string, string])[]): string {
  return [sentence, '', ...aligned(pairs).map((line) => `  ${line}`)].join('\n');
}

/** A secret as it is shown. */
export function shownOnce(secret: string): string {
  return `${secret}    (shown this once: keep it)`;
}

/** A moment for people. */
export function formatDate(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
