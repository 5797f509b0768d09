// Reading rows by many keys in statements of a bounded size. SQLite takes so many parameters and no more, and Prisma fails where it
// cannot divide a statement by itself.

const mostKeys = 500;

/**
 * Loads for all keys, each once, 500 at a time.
 * @param load loads for some of them, in any order
 */
export async function inChunks<Key, Result>(
  keys: Iterable<Key>,
  load: (some: readonly Key[]) => Promise<Iterable<Result>>,
): Promise<Result[]> {
  const distinct = [...new Set(keys)];
  const results: Result[] = [];
  for (let start = 0; start < distinct.length; start += mostKeys) {
    for (const result of await load(distinct.slice(start, start + mostKeys))) results.push(result);
  }
  return results;
}
