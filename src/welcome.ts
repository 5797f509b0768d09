// What a start prints on standard output, for whoever started it: where the service is, and the first owner's password, once.
import type { FirstOwner } from './bootstrap.js';
import type { Config } from './config.js';
import { isAtIssuer, placeOf } from './listening.js';

/** How to sign in for the first time; '' when there is nothing to tell. */
export function firstSignIn(owner: FirstOwner | null): string {
  if (owner === null) return '';
  const password =
    owner.password === null ? 'the one in LATCHKEY_OWNER_PASSWORD' : `${owner.password}    (shown this once: keep it)`;
  return `  Sign in as  ${owner.email}\n  Password    ${password}\n`;
}

/** @param owner the first one, if this start made them */
export function welcome(config: Pick<Config, 'issuer' | 'host' | 'port'>, owner: FirstOwner | null): string {
  const { issuer } = config;
  const listens = isAtIssuer(config) ? '' : `  Listens on  ${placeOf(config)}\n`;
  return `
  Latchkey is running.

  Address     ${issuer}
  GraphiQL    ${issuer}/graphql
${listens}${firstSignIn(owner)}
`;
}
