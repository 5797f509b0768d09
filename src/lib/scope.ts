// Scope as a set of words (RFC 6749 section 3.3) and the scopes that Latchkey itself knows.

/** The scopes that a client may register and ask for, with what each lets it do, in plain words for the consent page. */
export const knownScopes = {
  openid: 'Recognise you when you come back',
  profile: 'See your name and your profile, such as picture, birthday and language',
  email: 'See your e-mail address',
  address: 'See your postal address',
  phone: 'See your phone number',
  offline_access: 'Keep its access while you are away',
  reader: 'Read what you can see of your organization, through the API',
  writer: 'Read and change what you can in your organization through the API, short of administration',
  admin: 'Administer your organization through the API, as far as your role allows',
} as const;

export type KnownScope = keyof typeof knownScopes;

/** Scopes that speak of a person and mean nothing for client credentials. */
export const personalScopes: readonly string[] = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** The scopes that open claims at userinfo (OpenID Connect Core sections 3.1.2.1 and 5.4). */
export const userinfoScopes = personalScopes.filter((scope) => scope !== 'offline_access');

/** Whether a scope is one of Latchkey's own, and not of an account's API. */
export function isKnownScope(scope: string): boolean {
  return Object.hasOwn(knownScopes, scope);
}

const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Reads a scope parameter: words of %x21, %x23-5B, %x5D-7E with one space between them.
 * @returns the words without repetition, in order, or null when the syntax is broken
 */
export function parseScope(text: string): string[] | null {
  const words = text.split(' ');
  return words.every((word) => scopeToken.test(word)) ? [...new Set(words)] : null;
}

/** Reads a space-separated column. */
export function splitWords(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Says whether every scope asked for is among those allowed. */
export function isSubset(asked: readonly string[], allowed: readonly string[]): boolean {
  return asked.every((scope) => allowed.includes(scope));
}

/** What is in both sets, in the first one's order. */
export function intersection(left: readonly string[], right: readonly string[]): string[] {
  return left.filter((scope) => right.includes(scope));
}

/** The two sets together, the first one's order first. */
export function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])];
}
