// What somebody may allow an app, or has allowed it, in plain words: the consent page and the lists of connected apps say it alike.
import { type Allowed, scopeAt } from '../consents/service.js';
import { type KnownScope, knownScopes } from '../lib/scope.js';
import type { ApiResource } from './find.js';

/** One thing that an app is allowed. */
export interface AllowedScope {
  /** How a consent holds it. */
  readonly word: string;
  readonly name: string;
  /** Completes "this app can:". */
  readonly description: string;
  /** The API that it is for, as its account calls it, and its audience; null for what is allowed here. */
  readonly api: { readonly name: string; readonly audience: string } | null;
}

/**
 * What is allowed here, then API by API what is allowed there.
 * @param apis those that are still there; of others only the names are left
 */
export function inPlainWords({ here, there }: Allowed, apis: readonly ApiResource[]): AllowedScope[] {
  const ofUs = here.map((name) => ({
    word: name,
    name,
    description: knownScopes[name as KnownScope] ?? name,
    api: null,
  }));
  const ofApis = there.flatMap(({ audience, scopes }): AllowedScope[] => {
    const found = apis.find((one) => one.audience === audience);
    const api = { name: found?.name ?? audience, audience };
    if (scopes.length === 0) return [{ word: audience, name: audience, description: 'Use this API for you', api }];
    return scopes.map((name) => {
      const description = found?.scopes.find((scope) => scope.name === name)?.description ?? name;
      return { word: scopeAt(audience, name), name, description, api };
    });
  });
  return [...ofUs, ...ofApis];
}
