// The rules for a client's metadata, all at once and without I/O: each field, and what must fit together. What a client is by
// default is metadata.ts's; how single texts must look is lib/'s.
import type { InputIssue } from '../lib/errors.js';
import { faultOfOrigin, faultOfRedirectUri, longestRedirectUri } from '../lib/redirect-uri.js';
import { isKnownScope, knownScopes } from '../lib/scope.js';
import { faultsOfCalledAddress, faultsOfDescription, faultsOfLink, faultsOfName } from '../lib/text-rules.js';
import { faultsOfJwks } from './client-keys.js';
import { type Lifetimes, lifetimeLimits, type Metadata } from './metadata.js';

const mostUris = 50;
const mostOrigins = 20;

/** Where the client is registered, as far as the rules depend on it. */
export interface AccountRules {
  readonly id: string;
  readonly allowedRedirectSchemes: readonly string[];
  /** The scopes of the account's API resources, and those of before that the client had already. */
  readonly otherScopes: readonly string[];
  /** host:port that an operator lets us call by http or on a private address. */
  readonly outboundAllow: readonly string[];
}

type Rule = (metadata: Metadata, account: AccountRules) => InputIssue[];

/** What is wrong with a list of URIs that people may be sent to. */
function faultsOfUris(uris: readonly string[], name: string, { type }: Metadata, account: AccountRules): InputIssue[] {
  if (uris.length > mostUris) {
    return [{ code: 'TOO_MANY', message: `A client can have at most ${mostUris} ${name}.`, path: [name] }];
  }
  const rules = { clientType: type, allowedSchemes: account.allowedRedirectSchemes, accountId: account.id };
  return uris.flatMap((uri, index) => {
    const path = [name, String(index)];
    const message = faultOfRedirectUri(uri, rules);
    const code = uri.length > longestRedirectUri ? 'TOO_LONG' : 'INVALID';
    if (message !== null) return [{ code, message, path } as const];
    return uris.indexOf(uri) < index
      ? [{ code: 'INVALID', message: 'This redirect URI is listed twice.', path } as const]
      : [];
  });
}

const redirectUris: Rule = (metadata, account) => {
  const { redirectUris: uris, grantTypes } = metadata;
  if (uris.length === 0 && grantTypes.includes('authorization_code')) {
    const message = 'Signing people in needs at least one redirect URI, such as https://app.example.com/callback.';
    return [{ code: 'REQUIRED', message, path: ['redirectUris'] }];
  }
  return faultsOfUris(uris, 'redirectUris', metadata, account);
};

const postLogoutRedirectUris: Rule = (metadata, account) =>
  faultsOfUris(metadata.postLogoutRedirectUris, 'postLogoutRedirectUris', metadata, account);

const allowedOrigins: Rule = ({ allowedOrigins: origins }, account) => {
  if (origins.length > mostOrigins) {
    const message = `A client can have at most ${mostOrigins} allowed origins.`;
    return [{ code: 'TOO_MANY', message, path: ['allowedOrigins'] }];
  }
  return origins.flatMap((origin, index) => {
    const path = ['allowedOrigins', String(index)];
    const message = faultOfOrigin(origin, { allowedSchemes: account.allowedRedirectSchemes, accountId: account.id });
    if (message !== null) return [{ code: 'INVALID', message, path } as const];
    return origins.indexOf(origin) < index
      ? [{ code: 'INVALID', message: 'This origin is listed twice.', path } as const]
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

const responseModes: Rule = ({ responseModes: modes }) =>
  modes.length > 0
    ? []
    : [{ code: 'REQUIRED', message: 'A client needs at least one response mode.', path: ['responseModes'] }];

const scopes: Rule = ({ scopes: words, grantTypes }, { otherScopes }) => {
  const issues = words.flatMap((scope, index): InputIssue[] => {
    if (isKnownScope(scope) || otherScopes.includes(scope)) return [];
    const names = Object.keys(knownScopes).join(', ');
    const message = `There is no scope ${JSON.stringify(scope.slice(0, 60))}. Scopes are: ${names}, and those of the account's API resources.`;
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
      'A CONFIDENTIAL client authenticates, with its secret or with a key. For a client that cannot, choose type PUBLIC or NATIVE.';
    issues.push({ code: 'INVALID', message, path });
  }
  if (type !== 'CONFIDENTIAL' && method !== 'NONE') {
    issues.push({ code: 'INVALID', message: `A ${type} client cannot keep a secret, so its method is NONE.`, path });
  }
  if (type !== 'CONFIDENTIAL' && !requirePkce) {
    issues.push({ code: 'NOT_ALLOWED', message: `A ${type} client must use PKCE.`, path: ['requirePkce'] });
  }
  return issues;
};

const keys: Rule = ({ jwks, jwksUri, tokenEndpointAuthMethod: method }, { outboundAllow }) => {
  const issues = [
    ...(jwks === null ? [] : faultsOfJwks(jwks, ['jwks'])),
    ...(jwksUri === null ? [] : faultsOfCalledAddress(jwksUri, ['jwksUri'], outboundAllow)),
  ];
  // RFC 7591 section 2: never both.
  if (jwks !== null && jwksUri !== null) {
    issues.push({
      code: 'INVALID',
      message: 'Give jwks or jwksUri, not both. Clear the other with null.',
      path: ['jwksUri'],
    });
  }
  if (method === 'PRIVATE_KEY_JWT' && jwks === null && jwksUri === null) {
    const message =
      'PRIVATE_KEY_JWT needs the public keys to check it with: jwks, or jwksUri, where they are fetched from.';
    issues.push({ code: 'REQUIRED', message, path: ['jwks'] });
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
    const message = `refreshTokenIdleSeconds, ${values.refreshTokenIdleSeconds}, cannot be more than refreshTokenSeconds, ${values.refreshTokenSeconds}.`;
    issues.push({ code: 'INVALID', message, path: ['lifetimes', 'refreshTokenIdleSeconds'] });
  }
  return issues;
};

const texts: Rule = (metadata, { outboundAllow }) => [
  ...faultsOfName(metadata.name, ['name']),
  ...(metadata.description === null ? [] : faultsOfDescription(metadata.description, ['description'])),
  ...(['homepageUrl', 'policyUrl', 'termsUrl'] as const).flatMap((name) => {
    const link = metadata[name];
    return link === null ? [] : faultsOfLink(link, [name]);
  }),
  ...(['logoUrl', 'backchannelLogoutUri'] as const).flatMap((name) => {
    const address = metadata[name];
    return address === null ? [] : faultsOfCalledAddress(address, [name], outboundAllow);
  }),
];

const rules: readonly Rule[] = [
  texts,
  redirectUris,
  postLogoutRedirectUris,
  allowedOrigins,
  grants,
  responseModes,
  scopes,
  authentication,
  keys,
  lifetimes,
];

/** Everything that is wrong with a client's metadata; empty when it can be stored. */
export function faultsOfMetadata(metadata: Metadata, account: AccountRules): InputIssue[] {
  return rules.flatMap((rule) => rule(metadata, account));
}
