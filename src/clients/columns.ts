// A client's metadata as its row holds it, and as the audit log shows it.
import { splitWords } from '../lib/scope.js';
import type { OwnClient } from './find.js';
import type { GrantType, Metadata, ResponseMode } from './metadata.js';

// An index of PostgreSQL takes 2704 bytes a row. Only a long description in a script of several bytes a letter comes near.
const mostSearchBytes = 1500;

/** What search looks into: client_id, name and description, in lower case. */
function searchTextOf({ name, description }: Metadata, clientId: string): string {
  const text = [clientId, name, description ?? ''].join(' ').toLowerCase();
  const cut = Buffer.from(text, 'utf8').subarray(0, mostSearchBytes).toString('utf8');
  // A character that was cut in two.
  return cut.length < text.length ? cut.replace(/\uFFFD+$/u, '') : text;
}

/** What the row holds; redirect URIs have rows of their own. */
export function columnsOf(metadata: Metadata, clientId: string) {
  const { lifetimes, redirectUris: _, postLogoutRedirectUris, allowedOrigins, ...others } = metadata;
  const { responseModes, grantTypes, scopes, ...rest } = others;
  return {
    ...rest,
    ...lifetimes,
    postLogoutRedirectUris: postLogoutRedirectUris.join(' '),
    allowedOrigins: allowedOrigins.join(' '),
    responseModes: responseModes.join(' '),
    grantTypes: grantTypes.join(' '),
    scopes: scopes.join(' '),
    searchText: searchTextOf(metadata, clientId),
    nameKey: metadata.name.toLowerCase(),
  };
}

/** The metadata of a stored client. */
export function metadataOf(client: OwnClient): Metadata {
  return {
    name: client.name,
    description: client.description,
    type: client.type,
    logoUrl: client.logoUrl,
    homepageUrl: client.homepageUrl,
    policyUrl: client.policyUrl,
    termsUrl: client.termsUrl,
    redirectUris: client.redirectUris.map(({ uri }) => uri),
    postLogoutRedirectUris: splitWords(client.postLogoutRedirectUris),
    allowedOrigins: splitWords(client.allowedOrigins),
    backchannelLogoutUri: client.backchannelLogoutUri,
    responseModes: splitWords(client.responseModes) as ResponseMode[],
    jwks: client.jwks,
    jwksUri: client.jwksUri,
    grantTypes: splitWords(client.grantTypes) as GrantType[],
    scopes: splitWords(client.scopes),
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
    requirePkce: client.requirePkce,
    consentMode: client.consentMode,
    idTokenSigningAlgorithm: client.idTokenSigningAlgorithm,
    accessTokenSigningAlgorithm: client.accessTokenSigningAlgorithm,
    userinfoSigningAlgorithm: client.userinfoSigningAlgorithm,
    lifetimes: {
      accessTokenSeconds: client.accessTokenSeconds,
      refreshTokenSeconds: client.refreshTokenSeconds,
      refreshTokenIdleSeconds: client.refreshTokenIdleSeconds,
      idTokenSeconds: client.idTokenSeconds,
    },
  };
}

/** The metadata for the audit log: flat, lists in words. */
export function auditableMetadata(metadata: Metadata): Record<string, unknown> {
  const { lifetimes, ...rest } = metadata;
  const words = Object.entries(rest).map(([field, value]) => [field, Array.isArray(value) ? value.join(' ') : value]);
  return { ...Object.fromEntries(words), ...lifetimes };
}
