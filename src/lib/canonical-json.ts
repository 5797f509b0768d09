// One text for one value: what makes two inputs the same, whatever order their fields came in.

/** JSON with sorted keys. What is undefined counts as absent, a Date as its ISO text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
