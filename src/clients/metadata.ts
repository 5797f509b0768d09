// The rules for a client's metadata, all at once and without I/O: defaults, each field, and what must fit together.
// Reading and writing rows is service.ts; how a redirect URI must look is lib/redirect-uri.ts.
import type { InputIssue } from '../lib/errors.js';
import { faultOfRedirectUri } from '../lib/redirect-uri.js';
import { isSubset, knownScopes } from '../lib/scope.js';
import { faultsOfDescription, faultsOfLink, faultsOfName } from '../lib/text-rules.js';

export type ClientType = 'CONFIDENTIAL' | 'PUBLIC' | 'NATIVE';
export type GrantType = 'authorization_code' | 'refresh_token' | 'client_credentials';
export type AuthMethod = 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST' | 'NONE';

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
  readonly homepageUrl: string | null;
  readonly policyUrl: string | null;
  readonly termsUrl: string | null;
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly tokenEndpointAuthMethod: AuthMethod;
  readonly requirePkce: boolean;
  readonly consentMode: 'ALWAYS' | 'REMEMBER';
  readonly idTokenSigningAlgorithm: 'RS256' | 'ES256';
  readonly lifetimes: Lifetimes;
}

type Given<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

/** What a caller gave: absent leaves the default or the old value, null clears it. */
export type GivenMetadata = Given<Omit<Metadata, 'lifetimes'>> & {
  readonly lifetimes?: Given<Lifetimes> | null | undefined;
};

const lifetimeLimits: Record<keyof Lifetimes, { least: number; most: number; fallback: number }> = {
  accessTokenSeconds: { least: 60, most: 86_400, fallback: 600 },
  refreshTokenSeconds: { least: 3_600, most: 365 * 86_400, fallback: 90 * 86_400 },
  refreshTokenIdleSeconds: { least: 3_600, most: 365 * 86_400, fallback: 30 * 86_400 },
  idTokenSeconds: { least: 60, most: 86_400, fallback: 3_600 },
};

const defaultLifetimes = Object.fromEntries(
  Object.entries(lifetimeLimits).map(([name, limit]) => [name, limit.fallback]),
) as unknown as Lifetimes;

const mostRedirectUris = 50;

/** What a new client of this type is, before anything was said of it. */
export function defaultMetadata(
  type: ClientType,
  grantTypes: readonly GrantType[] = ['authorization_code', 'refresh_token'],
): Metadata {
  return {
    name: '',
    description: null,
    type,
    homepageUrl: null,
    policyUrl: null,
    termsUrl: null,
    redirectUris: [],
    grantTypes,
    // They speak of a person, whom a client that nobody signs in to never meets.
    scopes: grantTypes.includes('authorization_code') ? ['openid', 'profile', 'email'] : [],
    tokenEndpointAuthMethod: type === 'CONFIDENTIAL' ? 'CLIENT_SECRET_BASIC' : 'NONE',
    requirePkce: true,
    consentMode: 'REMEMBER',
    idTokenSigningAlgorithm: 'RS256',
    lifetimes: defaultLifetimes,
  };
}

/** Lays what was given over a base: the stored client, or the defaults. Null falls back to the default of the type. */
export function applyGiven(base: Metadata, given: GivenMetadata): Metadata {
  const defaults = defaultMetadata(given.type ?? base.type);
  const pick = <K extends keyof Metadata & keyof GivenMetadata>(key: K): Metadata[K] => {
    const value = given[key];
    if (value === undefined) return base[key];
    return (value === null ? defaults[key] : value) as Metadata[K];
  };
  const text = (key: 'description' | 'homepageUrl' | 'policyUrl' | 'termsUrl') => pick(key)?.trim() || null;
  const lifetimes = { ...base.lifetimes };
  for (const name of Object.keys(lifetimeLimits) as (keyof Lifetimes)[]) {
    const value = given.lifetimes === null ? null : given.lifetimes?.[name];
    if (value !== undefined) Object.assign(lifetimes, { [name]: value ?? defaults.lifetimes[name] });
  }
  return {
    name: pick('name').trim(),
    description: text('description'),
    type: pick('type'),
    homepageUrl: text('homepageUrl'),
    policyUrl: text('policyUrl'),
    termsUrl: text('termsUrl'),
    redirectUris: pick('redirectUris'),
    grantTypes: [...new Set(pick('grantTypes'))],
    scopes: [...new Set(pick('scopes'))],
    tokenEndpointAuthMethod: pick('tokenEndpointAuthMethod'),
    requirePkce: pick('requirePkce'),
    consentMode: pick('consentMode'),
    idTokenSigningAlgorithm: pick('idTokenSigningAlgorithm'),
    lifetimes,
  };
}

/** The account that the client belongs to, as far as the rules depend on it. */
export interface AccountRules {
  readonly id: string;
  readonly allowedRedirectSchemes: readonly string[];
}

type Rule = (metadata: Metadata, account: AccountRules) => InputIssue[];

const redirectUris: Rule = ({ redirectUris: uris, type, grantTypes }, account) => {
  if (uris.length > mostRedirectUris) {
    const message = `A client can have at most ${mostRedirectUris} redirect URIs.`;
    return [{ code: 'TOO_MANY', message, path: ['redirectUris'] }];
  }
  if (uris.length === 0 && grantTypes.includes('authorization_code')) {
    const message = 'Signing people in needs at least one redirect URI, such as https://app.example.com/callback.';
    return [{ code: 'REQUIRED', message, path: ['redirectUris'] }];
  }
  const rules = { clientType: type, allowedSchemes: account.allowedRedirectSchemes, accountId: account.id };
  return uris.flatMap((uri, index) => {
    const path = ['redirectUris', String(index)];
    const message = faultOfRedirectUri(uri, rules);
    if (message !== null) return [{ code: 'INVALID', message, path } as const];
    return uris.indexOf(uri) < index
      ? [{ code: 'INVALID', message: 'This redirect URI is listed twice.', path } as const]
      : [];
  });
};

const grants: Rule = ({ grantTypes, type }) => {
  const path = ['grantTypes'];
  if (grantTypes.length === 0) return [{ code: 'REQUIRED', message: 'A client needs at least one grant type.', path }];
  const issues: InputIssue[] = [];
  if (grantTypes.includes('client_credentials') && type !== 'CONFIDENTIAL') {
    const message = 'CLIENT_CREDENTIALS needs a client of type CONFIDENTIAL: others cannot keep a secret.';
    issues.push({ code: 'NOT_ALLOWED', message, path });
  }
  if (grantTypes.includes('refresh_token') && !grantTypes.includes('authorization_code')) {
    issues.push({ code: 'INVALID', message: 'REFRESH_TOKEN goes with AUTHORIZATION_CODE.', path });
  }
  return issues;
};

const scopes: Rule = ({ scopes: words, grantTypes }) => {
  const names = Object.keys(knownScopes);
  const issues = words.flatMap((scope, index): InputIssue[] => {
    if (names.includes(scope)) return [];
    const message = `There is no scope ${JSON.stringify(scope.slice(0, 60))}. Scopes are: ${names.join(', ')}.`;
    return [{ code: 'INVALID', message, path: ['scopes', String(index)] }];
  });
  if (words.includes('offline_access') && !grantTypes.includes('refresh_token')) {
    const message = 'offline_access gives a refresh token, so the grant types must include REFRESH_TOKEN.';
    issues.push({ code: 'INVALID', message, path: ['scopes', String(words.indexOf('offline_access'))] });
  }
  return issues;
};

const authentication: Rule = ({ type, tokenEndpointAuthMethod: method, requirePkce }) => {
  const issues: InputIssue[] = [];
  const path = ['tokenEndpointAuthMethod'];
  if (type === 'CONFIDENTIAL' && method === 'NONE') {
    const message =
      'A CONFIDENTIAL client authenticates with its secret. For a client without one, choose type PUBLIC or NATIVE.';
    issues.push({ code: 'INVALID', message, path });
  }
  if (type !== 'CONFIDENTIAL' && method !== 'NONE') {
    issues.push({ code: 'INVALID', message: `A ${type} client has no secret, so its method is NONE.`, path });
  }
  if (type !== 'CONFIDENTIAL' && !requirePkce) {
    issues.push({ code: 'NOT_ALLOWED', message: `A ${type} client must use PKCE.`, path: ['requirePkce'] });
  }
  return issues;
};

const lifetimes: Rule = ({ lifetimes: values }) => {
  const issues = (Object.keys(lifetimeLimits) as (keyof Lifetimes)[]).flatMap((name): InputIssue[] => {
    const { least, most } = lifetimeLimits[name];
    if (values[name] >= least && values[name] <= most) return [];
    return [
      { code: 'INVALID', message: `${name} must be from ${least} to ${most} seconds.`, path: ['lifetimes', name] },
    ];
  });
  if (values.refreshTokenIdleSeconds > values.refreshTokenSeconds) {
    const message = 'refreshTokenIdleSeconds cannot be more than refreshTokenSeconds.';
    issues.push({ code: 'INVALID', message, path: ['lifetimes', 'refreshTokenIdleSeconds'] });
  }
  return issues;
};

const texts: Rule = ({ name, description, homepageUrl, policyUrl, termsUrl }) => [
  ...faultsOfName(name, ['name']),
  ...(description === null ? [] : faultsOfDescription(description, ['description'])),
  ...(homepageUrl === null ? [] : faultsOfLink(homepageUrl, ['homepageUrl'])),
  ...(policyUrl === null ? [] : faultsOfLink(policyUrl, ['policyUrl'])),
  ...(termsUrl === null ? [] : faultsOfLink(termsUrl, ['termsUrl'])),
];

/** Everything that is wrong with a client's metadata; empty when it can be stored. */
export function faultsOfMetadata(metadata: Metadata, account: AccountRules): InputIssue[] {
  return [texts, redirectUris, grants, scopes, authentication, lifetimes].flatMap((rule) => rule(metadata, account));
}

/**
 * Says whether a change takes back an operator's verification: another name, other links, or a redirect to a new host is
 * another app as far as people can tell.
 */
export function losesVerification(before: Metadata, after: Metadata): boolean {
  const shown = ['name', 'homepageUrl', 'policyUrl', 'termsUrl'] as const;
  const hosts = (metadata: Metadata) =>
    metadata.redirectUris.map((uri) => new URL(uri)).map((url) => url.protocol + url.host);
  return shown.some((field) => before[field] !== after[field]) || !isSubset(hosts(after), hosts(before));
}
