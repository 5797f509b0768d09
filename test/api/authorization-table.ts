// Who may do what: one entry for every field of Query and Mutation, with an operation and what each group of callers is
// answered. The groups are those of callers.ts.
import { randomUUID } from 'node:crypto';
import type { Answer } from '../support/graphql.js';
import type { CallerName, Group } from './callers.js';

/** OK, an error's or userError's code, or what a query gives instead: null, or a list that the target is not in. */
export type Outcome =
  | 'OK'
  | 'INVALID'
  | 'LAST_OWNER'
  | 'null'
  | 'WITHOUT IT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'NOT_ALLOWED';

export type Target =
  | 'client'
  | 'disabledClient'
  | 'secret'
  | 'consent'
  | 'session'
  | 'apiResource'
  | 'apiTokenOfColleague'
  | 'serviceTokenOfColleague'
  | 'member'
  | 'newMember'
  | 'suspendedMember'
  | 'signedInMember'
  | 'invitedMember'
  | 'auditLogEntry';

export interface RootField {
  /** The field with its arguments. `$unique` stands for a text that comes once; `$id` is the target's: something of the first account, and of none of the callers. */
  readonly call: string;
  /** What is asked of it. */
  readonly select: string;
  readonly target?: Target;
  readonly expected: Record<Group, Outcome>;
  /** Callers whom this field does tell apart from the others of their group. */
  readonly except?: Partial<Record<CallerName, Outcome>>;
}

/** A call with something new wherever it has to be unique. */
export function withUnique(call: string): string {
  return call.replaceAll('$unique', randomUUID());
}

/** The document that asks a field, under its name in the table, for a selection. */
export function operationOf(name: string, { call, target }: RootField, select: string): string {
  const kind = name.startsWith('Mutation.') ? 'mutation' : 'query';
  return `${kind} ${target && call.includes('$id') ? '($id: ID!) ' : ''}{ ${withUnique(call)} ${select} }`;
}

/** What an answer to a field's operation comes to. @param id the target's */
export function outcomeOf({ data, errors }: Answer, name: string, id: string | undefined): Outcome {
  if (errors) return errors[0]?.extensions.code as Outcome;
  const value = data[name.replace(/^.*\./, '')];
  if (value === null || (Array.isArray(value) && value.every((item) => item === null))) return 'null';
  if (value.userErrors?.length > 0) return value.userErrors[0].code;
  const isThere = (value.nodes ?? []).some((node: { id: string }) => node.id === id);
  return value.nodes && !isThere ? 'WITHOUT IT' : 'OK';
}

/** The outcome for each group: who is nobody, and whose token is not for this API, are the same for nearly all fields. */
function outcomes(given: {
  nobody?: Outcome;
  members: Outcome;
  tokensOfMembers?: Outcome;
  admins: Outcome;
  oauthAdmins?: Outcome;
  foreigners: Outcome;
  oauthForeigners?: Outcome;
}): Record<Group, Outcome> {
  return {
    nobody: given.nobody ?? 'UNAUTHENTICATED',
    'dead token': 'UNAUTHENTICATED',
    'token for elsewhere': 'FORBIDDEN',
    member: given.members,
    'token of a member': given.tokensOfMembers ?? given.members,
    admin: given.admins,
    'OAuth token of an admin': given.oauthAdmins ?? given.admins,
    foreigner: given.foreigners,
    'OAuth token of a foreigner': given.oauthForeigners ?? given.foreigners,
  };
}

const anyCaller = outcomes({ members: 'OK', admins: 'OK', foreigners: 'OK' });
const changedByAdmins = outcomes({ members: 'FORBIDDEN', admins: 'OK', foreigners: 'NOT_FOUND' });
/** Decision 6: what makes or ends credentials is never done by an OAuth token. */
const secretsByAdmins = outcomes({
  members: 'FORBIDDEN',
  admins: 'OK',
  oauthAdmins: 'FORBIDDEN',
  foreigners: 'NOT_FOUND',
  oauthForeigners: 'FORBIDDEN',
});
const tokensByMembers = {
  tokensOfMembers: 'FORBIDDEN',
  admins: 'OK',
  oauthAdmins: 'FORBIDDEN',
  oauthForeigners: 'FORBIDDEN',
} as const;
const colleaguesToken = outcomes({ ...tokensByMembers, members: 'NOT_FOUND', foreigners: 'NOT_FOUND' });
const listedForAdmins = outcomes({ members: 'FORBIDDEN', admins: 'OK', foreigners: 'WITHOUT IT' });
const foundByAdmins = outcomes({ members: 'null', admins: 'OK', foreigners: 'null' });

/** What a member does to themselves, in a browser alone: no token does it for them. */
function inBrowsers(outcome: Outcome, ofOwners: Outcome = outcome): Pick<RootField, 'expected' | 'except'> {
  return {
    expected: outcomes({
      members: outcome,
      tokensOfMembers: 'FORBIDDEN',
      admins: 'FORBIDDEN',
      foreigners: 'FORBIDDEN',
    }),
    except: {
      'session of an ADMIN': outcome,
      'session of the OWNER': ofOwners,
      'session of another account’s OWNER': ofOwners,
    },
  };
}

export const rootFields: Record<string, RootField> = {
  'Query.viewer': {
    call: 'viewer',
    select: '{ role permissions member { email } }',
    expected: outcomes({ nobody: 'null', members: 'OK', admins: 'OK', foreigners: 'OK' }),
  },
  'Query.rateLimit': {
    call: 'rateLimit',
    select: '{ cost limit remaining }',
    expected: outcomes({ nobody: 'OK', members: 'OK', admins: 'OK', foreigners: 'OK' }),
  },
  'Query.account': { call: 'account', select: '{ id name owner { name } }', expected: anyCaller },
  'Query.scopes': { call: 'scopes', select: '{ name description }', expected: anyCaller },
  'Query.node': { call: 'node(id: $id)', select: '{ id }', target: 'client', expected: foundByAdmins },
  'Query.nodes': { call: 'nodes(ids: [$id])', select: '{ id }', target: 'secret', expected: foundByAdmins },
  'Query.oauthClients': {
    call: 'oauthClients(first: 100)',
    select: '{ totalCount nodes { id secrets { hint } } }',
    target: 'client',
    expected: listedForAdmins,
  },
  'Query.oauthClient': {
    call: 'oauthClient(id: $id)',
    select: '{ id secrets { hint } }',
    target: 'client',
    expected: outcomes({ members: 'FORBIDDEN', admins: 'OK', foreigners: 'null' }),
  },
  'Query.apiResources': {
    call: 'apiResources(first: 100)',
    select: '{ totalCount nodes { id audience } }',
    target: 'apiResource',
    expected: listedForAdmins,
  },
  'Query.members': {
    call: 'members(first: 100)',
    select: '{ totalCount nodes { id name } }',
    target: 'member',
    expected: outcomes({ members: 'OK', admins: 'OK', foreigners: 'WITHOUT IT' }),
  },
  'Query.apiTokens': {
    call: 'apiTokens(first: 100)',
    select: '{ totalCount nodes { id hint } }',
    target: 'apiTokenOfColleague',
    expected: outcomes({ members: 'WITHOUT IT', admins: 'OK', foreigners: 'WITHOUT IT' }),
  },
  'Query.auditLog': {
    call: 'auditLog(first: 100)',
    select: '{ nodes { id action } }',
    target: 'auditLogEntry',
    expected: listedForAdmins,
  },
  'Mutation.createOAuthClient': {
    call: 'createOAuthClient(input: { name: "App", redirectUris: ["https://app.example.com/"] })',
    select: '{ clientSecret oauthClient { id } userErrors { code } }',
    expected: outcomes({ members: 'FORBIDDEN', admins: 'OK', foreigners: 'OK' }),
  },
  'Mutation.updateOAuthClient': {
    call: 'updateOAuthClient(input: { id: $id, name: "Changed" })',
    select: '{ oauthClient { id } userErrors { code } }',
    target: 'client',
    expected: changedByAdmins,
  },
  'Mutation.disableOAuthClient': {
    call: 'disableOAuthClient(input: { id: $id })',
    select: '{ oauthClient { id } userErrors { code } }',
    target: 'client',
    expected: changedByAdmins,
  },
  'Mutation.enableOAuthClient': {
    call: 'enableOAuthClient(input: { id: $id })',
    select: '{ oauthClient { id } userErrors { code } }',
    target: 'disabledClient',
    expected: changedByAdmins,
  },
  'Mutation.revokeOAuthClientTokens': {
    call: 'revokeOAuthClientTokens(input: { id: $id })',
    select: '{ oauthClient { id } revokedConsentCount userErrors { code } }',
    target: 'client',
    expected: changedByAdmins,
  },
  'Mutation.deleteOAuthClient': {
    call: 'deleteOAuthClient(input: { id: $id })',
    select: '{ deletedOAuthClientId userErrors { code } }',
    target: 'client',
    expected: changedByAdmins,
  },
  'Mutation.rotateOAuthClientSecret': {
    call: 'rotateOAuthClientSecret(input: { id: $id })',
    select: '{ clientSecret userErrors { code } }',
    target: 'client',
    expected: secretsByAdmins,
  },
  'Mutation.revokeOAuthClientSecret': {
    call: 'revokeOAuthClientSecret(input: { secretId: $id })',
    select: '{ revokedSecretId userErrors { code } }',
    target: 'secret',
    expected: secretsByAdmins,
  },
  'Mutation.updateAccount': {
    call: 'updateAccount(input: { name: "$unique" })',
    select: '{ account { id } userErrors { code } }',
    expected: outcomes({
      members: 'FORBIDDEN',
      admins: 'OK',
      oauthAdmins: 'FORBIDDEN',
      foreigners: 'OK',
      oauthForeigners: 'FORBIDDEN',
    }),
  },
  'Mutation.createApiResource': {
    call: 'createApiResource(input: { audience: "https://$unique.example", name: "API" })',
    select: '{ apiResource { id } userErrors { code } }',
    expected: outcomes({
      members: 'FORBIDDEN',
      admins: 'OK',
      oauthAdmins: 'FORBIDDEN',
      foreigners: 'OK',
      oauthForeigners: 'FORBIDDEN',
    }),
  },
  'Mutation.updateApiResource': {
    call: 'updateApiResource(input: { id: $id, name: "Changed" })',
    select: '{ apiResource { id } userErrors { code } }',
    target: 'apiResource',
    expected: secretsByAdmins,
  },
  'Mutation.deleteApiResource': {
    call: 'deleteApiResource(input: { id: $id })',
    select: '{ deletedApiResourceId userErrors { code } }',
    target: 'apiResource',
    expected: secretsByAdmins,
  },
  'Mutation.inviteMember': {
    call: 'inviteMember(input: { email: "$unique@example.com", role: READER })',
    select: '{ member { id } userErrors { code } }',
    expected: outcomes({
      members: 'FORBIDDEN',
      admins: 'OK',
      oauthAdmins: 'FORBIDDEN',
      foreigners: 'OK',
      oauthForeigners: 'FORBIDDEN',
    }),
  },
  'Mutation.resendInvitation': {
    call: 'resendInvitation(input: { memberId: $id })',
    select: '{ member { id } userErrors { code } }',
    target: 'invitedMember',
    expected: secretsByAdmins,
  },
  'Mutation.updateMemberRole': {
    call: 'updateMemberRole(input: { memberId: $id, role: READER })',
    select: '{ member { id } userErrors { code } }',
    target: 'newMember',
    expected: secretsByAdmins,
  },
  'Mutation.suspendMember': {
    call: 'suspendMember(input: { memberId: $id })',
    select: '{ member { id } userErrors { code } }',
    target: 'newMember',
    expected: secretsByAdmins,
  },
  'Mutation.restoreMember': {
    call: 'restoreMember(input: { memberId: $id })',
    select: '{ member { id } userErrors { code } }',
    target: 'suspendedMember',
    expected: secretsByAdmins,
  },
  'Mutation.removeMember': {
    call: 'removeMember(input: { memberId: $id })',
    select: '{ removedMemberId userErrors { code } }',
    target: 'newMember',
    expected: secretsByAdmins,
  },
  'Mutation.transferOwnership': {
    // To somebody who cannot have it, or the others of this table would act for another owner than they began with.
    call: 'transferOwnership(input: { memberId: $id })',
    select: '{ member { id } userErrors { code } }',
    target: 'invitedMember',
    expected: outcomes({ members: 'FORBIDDEN', admins: 'FORBIDDEN', foreigners: 'FORBIDDEN' }),
    except: { 'session of the OWNER': 'NOT_ALLOWED', 'session of another account’s OWNER': 'NOT_FOUND' },
  },
  'Mutation.revokeConsent': {
    call: 'revokeConsent(input: { id: $id })',
    select: '{ revokedConsentId userErrors { code } }',
    target: 'consent',
    expected: colleaguesToken,
  },
  'Mutation.revokeSession': {
    call: 'revokeSession(input: { id: $id })',
    select: '{ revokedSessionId userErrors { code } }',
    target: 'session',
    expected: colleaguesToken,
  },
  'Mutation.revokeOtherSessions': {
    // Of a colleague, or the others of this table would be signed out. What happens without a name is tested beside the rules.
    call: 'revokeOtherSessions(input: { memberId: $id })',
    select: '{ revokedSessionCount userErrors { code } }',
    target: 'signedInMember',
    expected: colleaguesToken,
  },
  'Mutation.sendEmailVerification': {
    // Somebody else's: what the callers have is verified.
    call: 'sendEmailVerification(input: { email: "$unique@example.com" })',
    select: '{ member { id } userErrors { code } }',
    ...inBrowsers('INVALID'),
  },
  'Mutation.requestEmailChange': {
    call: 'requestEmailChange(input: { newEmail: "$unique@example.com" })',
    select: '{ pendingEmailChange { email } userErrors { code } }',
    ...inBrowsers('OK'),
  },
  'Mutation.cancelEmailChange': {
    call: 'cancelEmailChange(input: { newEmail: "$unique@example.com" })',
    select: '{ member { id } userErrors { code } }',
    ...inBrowsers('NOT_FOUND'),
  },
  'Mutation.exportMyData': {
    call: 'exportMyData(input: {})',
    select: '{ json userErrors { code } }',
    ...inBrowsers('OK'),
  },
  'Mutation.deleteMyself': {
    // Not with their own address, or the others of this table would have fewer callers.
    call: 'deleteMyself(input: { confirmEmail: "$unique@example.com" })',
    select: '{ deletedMemberId userErrors { code } }',
    ...inBrowsers('INVALID', 'LAST_OWNER'),
  },
  'Mutation.createApiToken': {
    call: 'createApiToken(input: { name: "Mine", role: READER })',
    select: '{ token userErrors { code } }',
    expected: outcomes({ ...tokensByMembers, members: 'OK', foreigners: 'OK' }),
  },
  'Mutation.rotateApiToken': {
    call: 'rotateApiToken(input: { id: $id })',
    select: '{ token userErrors { code } }',
    target: 'serviceTokenOfColleague',
    expected: colleaguesToken,
  },
  'Mutation.revokeApiToken': {
    call: 'revokeApiToken(input: { id: $id })',
    select: '{ revokedApiTokenId userErrors { code } }',
    target: 'apiTokenOfColleague',
    expected: colleaguesToken,
  },
};
