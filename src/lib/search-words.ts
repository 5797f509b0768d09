// What somebody searches for, as words to look for in a lower-cased text.

/** The most characters of a search. */
export const longestSearch = 200;

/** The words of a search, each of which must be somewhere in the text. */
export function searchWords(search: string): string[] {
  // A NUL is in no text, and PostgreSQL would not even be asked for one.
  return search.replaceAll('\0', '\uFFFD').toLowerCase().split(/\s+/).filter(Boolean);
}
