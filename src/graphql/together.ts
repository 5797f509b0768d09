// Fields that are asked for once for each thing in a list, and answered for all of them at once: lists in lists cost as many statements
// for a hundred as for one.
import { setImmediate } from 'node:timers';
import type { GraphQLResolveInfo } from 'graphql';

interface Batch {
  readonly keys: unknown[];
  readonly answer: Promise<(key: never) => unknown>;
}

const batches = new WeakMap<object, Map<string, Batch>>();

/** Where in the operation a field is, whichever thing of a list it is asked of. */
function placeOf({ path, parentType }: GraphQLResolveInfo): string {
  const names: (string | number)[] = [parentType.name];
  for (let step: GraphQLResolveInfo['path'] | undefined = path; step; step = step.prev) {
    if (typeof step.key === 'string') names.push(step.key);
  }
  return names.join(' ');
}

/**
 * Answers a field together with the same field of the other things in its list.
 * @param key what is to be answered for
 * @param part tells apart what is loaded for one field in several steps
 * @param load loads for all keys, and gives what finds the answer for one
 */
export async function together<Key, Result>(
  context: object,
  info: GraphQLResolveInfo,
  key: Key,
  part: string,
  load: (keys: readonly Key[]) => Promise<(key: Key) => Result>,
): Promise<Result> {
  const open = batches.get(context) ?? new Map<string, Batch>();
  batches.set(context, open);
  const place = `${part} ${placeOf(info)}`;
  let batch = open.get(place);
  if (!batch) {
    const keys: Key[] = [];
    const answer = new Promise((resolve) => setImmediate(resolve)).then(() => {
      open.delete(place);
      return load(keys);
    });
    batch = { keys, answer };
    open.set(place, batch);
  }
  batch.keys.push(key);
  return (await batch.answer)(key as never) as Result;
}
