// What the conformance suite signs in to: an account of its own, a member of whom every claim is known, and static clients. Made
// anew each time, since a secret that was shown before is kept nowhere in clear.
import { createAccount } from '../accounts/service.js';
import { type Actor, systemActor } from '../audit/service.js';
import { generatePassword } from '../bootstrap.js';
import type { GivenMetadata } from '../clients/metadata.js';
import type { Deps } from '../deps.js';
import { emailKey } from '../lib/email.js';
import { setMemberClaims } from '../members/claims.js';
import { actorOfMember, createMember, setPassword } from '../members/service.js';
import { remakeClient } from '../seeding.js';
import type { SuiteClient, SuiteParts } from './suite-config.js';

const actor: Actor = { ...systemActor, label: 'conformance' };
// Domains that end in .example are nobody's.
const owner = { email: 'owner@conformance.example', name: 'Conformance Owner' };
const person = { email: 'person@conformance.example', name: 'Conny Formance' };

/** Every claim that a scope of OpenID Connect Core section 5.4 opens, so that no module misses one. */
const claims = {
  given_name: 'Conny',
  family_name: 'Formance',
  middle_name: 'Core',
  nickname: 'Conny',
  preferred_username: 'conny',
  profile: 'https://conformance.example/conny',
  picture: 'https://conformance.example/conny.png',
  website: 'https://conformance.example/',
  gender: 'female',
  birthdate: '2014-02-26',
  zoneinfo: 'Europe/Berlin',
  locale: 'en-US',
  address: {
    formatted: '1 Standard Street\n12345 Protocol City\nGermany',
    street_address: '1 Standard Street',
    locality: 'Protocol City',
    region: 'Berlin',
    postal_code: '12345',
    country: 'Germany',
  },
  phone_number: '+4930123456',
  phone_number_verified: true,
};

/** Where the suite answers under an alias. */
export interface SuiteAddress {
  /** An origin, such as https://localhost.emobix.co.uk:8443. */
  readonly suite: string;
  readonly alias: string;
}

function metadata({ suite, alias }: SuiteAddress, name: string): GivenMetadata & { readonly name: string } {
  const test = `${suite}/test/a/${alias}`;
  return {
    name,
    redirectUris: [`${test}/callback`, `${test}/callback?dummy1=lorem&dummy2=ipsum`],
    postLogoutRedirectUris: [`${test}/post_logout_redirect`],
    backchannelLogoutUri: `${test}/backchannel_logout`,
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
    // One module of the suite sends a challenge, all the others none.
    requirePkce: false,
  };
}

async function ensureOwner(deps: Deps) {
  const known = await deps.db.member.findUnique({ where: { emailKey: emailKey(owner.email) } });
  if (known) return known;
  const password = generatePassword(deps.randomBytes);
  const created = await createAccount(deps, actor, { name: 'Conformance', owner: { ...owner, password } });
  return created.owner;
}

/** Makes the person who signs in, or gives them a new password. @returns it */
async function renewPerson(deps: Deps, accountId: string): Promise<string> {
  const password = generatePassword(deps.randomBytes);
  const known = await deps.db.member.findUnique({ where: { emailKey: emailKey(person.email) } });
  if (known) await setPassword(deps, actor, person.email, password);
  else await createMember(deps, actor, accountId, { ...person, role: 'READER', password });
  await setMemberClaims(deps, actor, person.email, claims);
  return password;
}

/**
 * Makes all of it anew.
 * @returns what the suite's configuration says, with the secrets that nobody is told again
 * @throws InputError when the suite's address cannot be redirected to
 */
export async function seedConformance(deps: Deps, address: SuiteAddress): Promise<SuiteParts> {
  const ownerMember = await ensureOwner(deps);
  const ownerActor = actorOfMember(ownerMember, { ipAddress: null, userAgent: null });
  const renewClient = async (name: string, method: 'CLIENT_SECRET_BASIC' | 'CLIENT_SECRET_POST') => {
    const client = { ...metadata(address, name), tokenEndpointAuthMethod: method };
    const { clientId, clientSecret } = await remakeClient(deps, ownerActor, client);
    return { client_id: clientId, client_secret: clientSecret } satisfies SuiteClient;
  };
  const clients = {
    basic: await renewClient('Conformance client', 'CLIENT_SECRET_BASIC'),
    second: await renewClient('Conformance second client', 'CLIENT_SECRET_BASIC'),
    post: await renewClient('Conformance client_secret_post', 'CLIENT_SECRET_POST'),
  };
  const password = await renewPerson(deps, ownerMember.accountId);
  return { issuer: deps.config.issuer, alias: address.alias, person: { email: person.email, password }, clients };
}
