// In whose words an address answers where its endpoint has no say: when it has failed, was sent too much, or is not asked at all
// since there is too much to do.

/** Documents that everybody may read, pages of other origins too. */
export const publicDocuments = [
  '/oauth/jwks',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

// What programs call. The other endpoints below /oauth are for browsers.
const ofProtocol = new Set([
  '/oauth/token',
  '/oauth/userinfo',
  '/oauth/revoke',
  '/oauth/introspect',
  ...publicDocuments,
]);

/** GraphQL's errors, those of OAuth in JSON (RFC 6749 section 5.2), or a page for a person. */
export type Wording = 'graphql' | 'protocol' | 'page';

/** @param path of an address, without its query */
export function wordingAt(path: string): Wording {
  if (ofProtocol.has(path)) return 'protocol';
  return path === '/graphql' || path.startsWith('/graphql/') ? 'graphql' : 'page';
}
