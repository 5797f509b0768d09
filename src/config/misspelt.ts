// Variables by which a setting was meant whose name has no prefix of ours: they would be ignored without a word.

/** Whether one letter is wrong, missing or too much, or two stand in each other's place. */
function isOneSlipFrom(name: string, given: string): boolean {
  let same = 0;
  while (same < name.length && name[same] === given[same]) same += 1;
  const [rest, other] = [name.slice(same), given.slice(same)];
  return (
    rest.slice(1) === other.slice(1) ||
    rest.slice(1) === other ||
    rest === other.slice(1) ||
    (rest[0] === other[1] && rest[1] === other[0] && rest.slice(2) === other.slice(2))
  );
}

/**
 * The variables that were likely to be DATABASE_URL, where that is not set: the service would run on its default instead. One
 * slip only, and with such a value: DATABASE_SSL, or DATABASE_URI for MySQL, are other programs'.
 * @param given without empty variables
 * @returns a fault for each
 */
export function faultsOfMisspelt(given: Readonly<Record<string, string | undefined>>): string[] {
  if (given.DATABASE_URL !== undefined) return [];
  return Object.entries(given)
    .filter(([name, value = '']) => /^(file:|postgres)/.test(value) && isOneSlipFrom('DATABASE_URL', name))
    .map(
      ([name]) =>
        `${name} is not a setting: call it DATABASE_URL, or set that as well if this one is another program's`,
    );
}
