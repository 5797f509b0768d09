// A client's metadata: what it is by default, and with what a caller gave laid over it. What is wrong with it is
// metadata-rules.ts's; reading and writing rows is service.ts's.
import type { SigningAlgorithm } from '../deps.js';
import { longestTokenSeconds } from '../keys/rotate.js';
import { isSubset } from '../lib/scope.js';

export type ClientType = 'CONFIDENTIAL' | 'PUBLIC' | 'NATIVE';
export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';
export type AuthMethod = 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'PRIVATE_KEY_JWT' | 'NONE';

/** How an authorization response can travel: Multiple Response Type Encoding Practices, and Form Post Response Mode. */
export const responseModes = ['query', 'form_post'] as const;
export type ResponseMode = (typeof responseModes)[number];

export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly refreshTokenIdleSeconds: number;
  readonly idTokenSeconds: number;
}

/** A client's metadata, complete: what is stored and what the rules look at. */
export interface Metadata {
  readonly name: string;
  readonly description: string | null;
  readonly type: ClientType;
  readonly logoUrl: string | null;
  readonly homepageUrl: string | null;
  readonly policyUrl: string | null;
  readonly termsUrl: string | null;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly responseModes: readonly ResponseMode[];
  /** A JSON Web Key Set as text. */
  readonly jwks: string | null;
  readonly jwksUri: string | null;
  readonly grantTypes: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly tokenEndpointAuthMethod: AuthMethod;
  readonly requirePkce: boolean;
  readonly consentMode: 'ALWAYS' | 'REMEMBER';
  readonly idTokenSigningAlgorithm: SigningAlgorithm;
  /** Of access tokens that are for us. */
  readonly accessTokenSigningAlgorithm: SigningAlgorithm;
  /** Null where userinfo answers with plain JSON. */
  readonly userinfoSigningAlgorithm: SigningAlgorithm | null;
  readonly lifetimes: Lifetimes;
}

type OptionalText =
  | 'description'
  | 'logoUrl'
  | 'homepageUrl'
  | 'policyUrl'
  | 'termsUrl'
  | 'backchannelLogoutUri'
  | 'jwks'
  | 'jwksUri';

type Given<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** What a caller gave: absent leaves the default or the old value, null goes back to the default, which for many is nothing. */
export type GivenMetadata = Given<Omit<Metadata, 'lifetimes'>> & {
  readonly lifetimes?: Given<Lifetimes> | null | undefined;
};

export const lifetimeLimits: Record<keyof Lifetimes, { least: number; most: number; fallback: number }> = {
  accessTokenSeconds: { least: 60, most: longestTokenSeconds, fallback: 600 },
  refreshTokenSeconds: { least: 3_600, most: 365 * 86_400, fallback: 90 * 86_400 },
  refreshTokenIdleSeconds: { least: 3_600, most: 365 * 86_400, fallback: 30 * 86_400 },
  idTokenSeconds: { least: 60, most: longestTokenSeconds, fallback: 3_600 },
};

const defaultLifetimes = Object.fromEntries(
  Object.entries(lifetimeLimits).map(([name, limit]) => [name, limit.fallback]),
) as unknown as Lifetimes;

/** What a new client of this type is, before anything was said of it. */
export function defaultMetadata(
  type: ClientType,
  grantTypes: readonly GrantType[] = ['authorization_code', 'refresh_token'],
): Metadata {
  return {
    name: '',
    description: null,
    type,
    logoUrl: null,
    homepageUrl: null,
    policyUrl: null,
    termsUrl: null,
    redirectUris: [],
    postLogoutRedirectUris: [],
    allowedOrigins: [],
    backchannelLogoutUri: null,
    responseModes,
    jwks: null,
    jwksUri: null,
    grantTypes,
    // They speak of a person, whom a client that nobody signs in to never meets.
    scopes: grantTypes.includes('authorization_code') ? ['openid', 'profile', 'email'] : [],
    tokenEndpointAuthMethod: type === 'CONFIDENTIAL' ? 'CLIENT_SECRET_BASIC' : 'NONE',
    requirePkce: true,
    consentMode: 'REMEMBER',
    idTokenSigningAlgorithm: 'RS256',
    accessTokenSigningAlgorithm: 'ES256',
    userinfoSigningAlgorithm: null,
    lifetimes: defaultLifetimes,
  };
}

/** Lays what was given over a base: the stored client, or the defaults. Null goes back to the default of the type and grants. */
export function applyGiven(base: Metadata, given: GivenMetadata): Metadata {
  const grantTypes = given.grantTypes === undefined ? base.grantTypes : given.grantTypes;
  const defaults = defaultMetadata(given.type ?? base.type, grantTypes ?? undefined);
  const pick = <K extends keyof Metadata & keyof GivenMetadata>(key: K): Metadata[K] => {
    const value = given[key];
    if (value === undefined) return base[key];
    return (value === null ? defaults[key] : value) as Metadata[K];
  };
  const text = (key: OptionalText) => pick(key)?.trim() || null;
  const lifetimes = { ...base.lifetimes };
  for (const name of Object.keys(lifetimeLimits) as (keyof Lifetimes)[]) {
    const value = given.lifetimes === null ? null : given.lifetimes?.[name];
    if (value !== undefined) Object.assign(lifetimes, { [name]: value ?? defaults.lifetimes[name] });
  }
  return {
    name: pick('name').trim(),
    description: text('description'),
    type: pick('type'),
    logoUrl: text('logoUrl'),
    homepageUrl: text('homepageUrl'),
    policyUrl: text('policyUrl'),
    termsUrl: text('termsUrl'),
    redirectUris: pick('redirectUris'),
    postLogoutRedirectUris: pick('postLogoutRedirectUris'),
    allowedOrigins: pick('allowedOrigins'),
    backchannelLogoutUri: text('backchannelLogoutUri'),
    responseModes: [...new Set(pick('responseModes'))],
    jwks: text('jwks'),
    jwksUri: text('jwksUri'),
    grantTypes: [...new Set(pick('grantTypes'))],
    scopes: [...new Set(pick('scopes'))],
    tokenEndpointAuthMethod: pick('tokenEndpointAuthMethod'),
    requirePkce: pick('requirePkce'),
    consentMode: pick('consentMode'),
    idTokenSigningAlgorithm: pick('idTokenSigningAlgorithm'),
    accessTokenSigningAlgorithm: pick('accessTokenSigningAlgorithm'),
    userinfoSigningAlgorithm: pick('userinfoSigningAlgorithm'),
    lifetimes,
  };
}

/**
 * Says whether a change takes back an operator's verification: another name, other links, or a redirect to a new host is
 * another app as far as people can tell.
 */
export function losesVerification(before: Metadata, after: Metadata): boolean {
  const shown = ['name', 'logoUrl', 'homepageUrl', 'policyUrl', 'termsUrl'] as const;
  const hosts = ({ redirectUris, postLogoutRedirectUris }: Metadata) =>
    [...redirectUris, ...postLogoutRedirectUris].map((uri) => new URL(uri)).map((url) => url.protocol + url.host);
  return shown.some((field) => before[field] !== after[field]) || !isSubset(hosts(after), hosts(before));
}
