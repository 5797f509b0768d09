// What an API resource is: its defaults, what was given laid over them, and everything that is wrong with the whole, without
// I/O. What an audience must look like is audience.ts's; what else there is in the account is service.ts's.
import type { SigningAlgorithm } from '../deps.js';
import { longestTokenSeconds } from '../keys/rotate.js';
import type { InputIssue } from '../lib/errors.js';
import { parseScope, personalScopes } from '../lib/scope.js';
import { faultsOfLine, faultsOfName } from '../lib/text-rules.js';
import { faultOfAudience, longestAudience } from './audience.js';

const mostScopes = 50;
const longestScope = 100;
const longestDescription = 200;
/** How many clients may introspect one API's tokens. */
export const mostIntrospectors = 10;
/** How many API resources an account may have. */
export const mostApiResources = 100;

const lifetimeLimits = { least: 60, most: longestTokenSeconds, fallback: 600 };

/** A scope that tokens for an API may carry. */
export interface ApiScope {
  readonly name: string;
  /** Plain words for the consent page, which complete "this app can:". */
  readonly description: string;
}

/** What can change of an API resource. */
export interface Settings {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly accessTokenSeconds: number;
  readonly signingAlgorithm: SigningAlgorithm;
  /** The rows of the clients that may introspect its tokens. */
  readonly introspectionClientIds: readonly string[];
}

/** What a caller gave: absent leaves the default or the old value, null goes back to the default. */
export type GivenSettings = { readonly [K in keyof Settings]?: Settings[K] | null | undefined };

/** What a new API resource is before anything was said of it. */
export const defaultSettings: Settings = {
  name: '',
  scopes: [],
  accessTokenSeconds: lifetimeLimits.fallback,
  signingAlgorithm: 'ES256',
  introspectionClientIds: [],
};

/** Lays what was given over a base: the stored settings, or the defaults. */
export function applyGiven(base: Settings, given: GivenSettings): Settings {
  const pick = <K extends keyof Settings>(key: K): Settings[K] => {
    const value = given[key];
    return value === undefined ? base[key] : (value ?? defaultSettings[key]);
  };
  return {
    name: pick('name').trim(),
    scopes: pick('scopes').map(({ name, description }) => ({ name, description: description.trim() })),
    accessTokenSeconds: pick('accessTokenSeconds'),
    signingAlgorithm: pick('signingAlgorithm'),
    introspectionClientIds: [...new Set(pick('introspectionClientIds'))],
  };
}

function faultOfScopeName(name: string): string | null {
  if (name.length > longestScope) return `A scope can have at most ${longestScope} characters.`;
  if (parseScope(name)?.length !== 1 || name.includes(' ')) {
    return 'A scope is one word of printable ASCII without quotes and backslashes, such as orders:read.';
  }
  // Also what merely looks like it: which tokens outlive a session is told by this word.
  if (/offline.access/i.test(name)) return 'offline_access is not for an API: it gives a refresh token.';
  return personalScopes.includes(name)
    ? `${name} is a scope of OpenID Connect. Name scopes of an API by what they are about, such as orders:read.`
    : null;
}

/** The code for a text in which a fault was found: its length, where that is it. */
function codeFor(text: string, longest: number): 'TOO_LONG' | 'INVALID' {
  return text.length > longest ? 'TOO_LONG' : 'INVALID';
}

function faultsOfScopes(scopes: readonly ApiScope[]): InputIssue[] {
  if (scopes.length > mostScopes) {
    return [{ code: 'TOO_MANY', message: `An API can have at most ${mostScopes} scopes.`, path: ['scopes'] }];
  }
  const names = scopes.map(({ name }) => name);
  return scopes.flatMap(({ name, description }, index): InputIssue[] => {
    const path = ['scopes', String(index)];
    const fault = faultOfScopeName(name) ?? (names.indexOf(name) < index ? 'This scope is listed twice.' : null);
    return [
      ...(fault === null ? [] : [{ code: codeFor(name, longestScope), message: fault, path: [...path, 'name'] }]),
      ...faultsOfLine(description, 'A description', [...path, 'description'], longestDescription),
    ];
  });
}

/** Everything that is wrong with the settings of an API resource; empty when they can be stored. */
export function faultsOfSettings(settings: Settings): InputIssue[] {
  const { least, most } = lifetimeLimits;
  const { accessTokenSeconds: seconds, introspectionClientIds: introspectors } = settings;
  const issues = [...faultsOfName(settings.name, ['name']), ...faultsOfScopes(settings.scopes)];
  if (seconds < least || seconds > most) {
    const message = `accessTokenSeconds must be from ${least} to ${most} seconds.`;
    issues.push({ code: 'INVALID', message, path: ['accessTokenSeconds'] });
  }
  if (introspectors.length > mostIntrospectors) {
    const message = `At most ${mostIntrospectors} clients can introspect the tokens of one API.`;
    issues.push({ code: 'TOO_MANY', message, path: ['introspectionClientIds'] });
  }
  return issues;
}

/** What is wrong with the audience of a new API resource. @param issuer ours */
export function faultsOfAudience(audience: string, issuer: string): InputIssue[] {
  const message = faultOfAudience(audience, issuer);
  return message === null ? [] : [{ code: codeFor(audience, longestAudience), message, path: ['audience'] }];
}
