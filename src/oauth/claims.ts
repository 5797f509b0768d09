// Claims about a member: which scope opens which (OpenID Connect Core section 5.4), and what the parameter claims asks for
// beside the scopes (section 5.5). Nothing is told that the person did not allow: a claim that is asked for by name needs the
// consent of the scope that covers it.
import type { Family } from '../consents/families.js';
import { splitWords } from '../lib/scope.js';
import { epochSeconds } from '../lib/seconds.js';
import { readMemberClaims } from '../members/claims.js';

/** The one level at which we sign people in (Core section 2): a password, which Keycloak and others call 1 as well. */
export const acrOfPassword = '1';

const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'given_name',
    'family_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** Every claim about a member that can be asked for, beside `sub`. */
export const personalClaims = Object.values(claimsOfScope).flat();

/** Where claims are told. */
export type Place = 'userinfo' | 'idToken';

/** What the parameter claims asks for, as far as we know of it. All plain values: it is stored as JSON. */
export interface RequestedClaims {
  readonly userinfo: readonly string[];
  readonly idToken: readonly string[];
}

/** What the parameter claims says: the claims, and what it demands of the sign-in. */
export interface ClaimsParameter extends RequestedClaims {
  /** Only this person, or one of these, may be signed in; null for anybody (Core sections 3.1.2.2 and 5.5.1). */
  readonly subjects: readonly string[] | null;
  /** The levels of which one is essential; null when none is (section 5.5.1.1). */
  readonly essentialAcr: readonly string[] | null;
}

/** One member of the parameter: null asks for the claim as it is. */
type Wish = { readonly essential: boolean; readonly values: readonly unknown[] | null };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads what is wished of one claim. @returns null when it has not the form that section 5.5.1 gives it */
function readWish(value: unknown): Wish | null {
  if (value === null) return { essential: false, values: null };
  if (!isObject(value)) return null;
  const { essential = false, values } = value;
  if (typeof essential !== 'boolean' || (values !== undefined && !Array.isArray(values))) return null;
  return { essential, values: 'value' in value ? [value.value] : ((values as unknown[] | undefined) ?? null) };
}

function readPlace(value: unknown): ReadonlyMap<string, Wish> | null {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) return null;
  const wishes = new Map<string, Wish>();
  for (const [name, wished] of Object.entries(value)) {
    const wish = readWish(wished);
    if (wish === null) return null;
    wishes.set(name, wish);
  }
  return wishes;
}

const texts = (values: readonly unknown[]) => values.filter((value): value is string => typeof value === 'string');

/** Reads the parameter claims. Members that we do not know are ignored. @returns null when it is malformed */
export function parseClaims(text: string): ClaimsParameter | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(parsed)) return null;
  const userinfo = readPlace(parsed.userinfo);
  const idToken = readPlace(parsed.id_token);
  if (userinfo === null || idToken === null) return null;
  const known = (wishes: ReadonlyMap<string, Wish>) => personalClaims.filter((name) => wishes.has(name));
  const subjects = [userinfo.get('sub')?.values, idToken.get('sub')?.values].filter((each) => each != null);
  const acr = idToken.get('acr');
  return {
    userinfo: known(userinfo),
    idToken: known(idToken),
    // Asked for in both places, a person must be meant by both.
    subjects:
      subjects.length === 0 ? null : texts(subjects.reduce((one, other) => one.filter((s) => other.includes(s)))),
    essentialAcr: acr?.essential && acr.values !== null ? texts(acr.values) : null,
  };
}

/**
 * The scopes that cover claims which are asked for by name.
 * @param registered the client's scopes: a claim of any other scope is never told, so that nobody need allow it
 */
export function coveringScopes(claims: RequestedClaims, registered: readonly string[]): string[] {
  const named = [...claims.userinfo, ...claims.idToken];
  const covers = (scope: string) => claimsOfScope[scope]?.some((name) => named.includes(name)) ?? false;
  return registered.filter(covers);
}

/** The claims that a family's client asked for by name and may be told, as things are now. */
function requestedClaims(family: Family, place: Place): string[] {
  if (family.requestedClaims === null) return [];
  const requested = JSON.parse(family.requestedClaims) as RequestedClaims;
  const { consent } = family;
  const allowed = splitWords(consent.scopes).filter((scope) => splitWords(consent.client.scopes).includes(scope));
  const open = allowed.flatMap((scope) => claimsOfScope[scope] ?? []);
  return requested[place].filter((name) => open.includes(name));
}

/** The values of the named claims. One without a value is left out (Core section 5.3.2). */
function valuesOf(member: Family['consent']['member'], names: readonly string[]): Record<string, unknown> {
  if (names.length === 0) return {};
  const claims = readMemberClaims(member.claims);
  const values: Record<string, unknown> = {
    ...claims,
    // A number is told with whether it is known to be the person's (section 5.1).
    ...(claims.phone_number === undefined ? {} : { phone_number_verified: claims.phone_number_verified ?? false }),
    name: member.name,
    updated_at: epochSeconds(member.updatedAt),
    email: member.email,
    email_verified: member.emailVerifiedAt !== null,
  };
  const told: Record<string, unknown> = {};
  for (const name of Object.keys(values)) {
    if (names.includes(name) && values[name] !== null) told[name] = values[name];
  }
  return told;
}

/** The answer of the UserInfo endpoint: what the access token's scopes open, and what was asked for by name. */
export function userinfoClaims(family: Family, scopes: readonly string[]): Record<string, unknown> {
  const { member } = family.consent;
  const opened = scopes.flatMap((scope) => claimsOfScope[scope] ?? []);
  return { sub: member.id, ...valuesOf(member, [...opened, ...requestedClaims(family, 'userinfo')]) };
}

/** What an ID token says about the person: only what was asked for by name, since there is always an access token. */
export function idTokenClaims(family: Family): Record<string, unknown> {
  return valuesOf(family.consent.member, requestedClaims(family, 'idToken'));
}
