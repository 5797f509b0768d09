// What becomes of members, in GraphQL: their role, whether they can sign in, that they leave, and who owns the account. The rules
// are in standing.ts and ownership.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { RoleEnum } from '../graphql/enums.js';
import { payloadOf } from '../graphql/errors.js';
import { requireRecentSession } from '../graphql/own-session.js';
import { userErrorsField } from '../graphql/user-error.js';
import { ForbiddenError, type InputIssue } from '../lib/errors.js';
import { transferOwnership } from './ownership.js';
import type { RemovedMember } from './removal.js';
import { memberManagerOf, memberNeeds, memberPayload, memberScopes } from './schema-payloads.js';
import { removeMember, restoreMember, suspendMember, updateMemberRole } from './standing.js';

const memberId = (description: string) => ({ required: true, description }) as const;

const UpdateMemberRoleInput = builder.inputType('UpdateMemberRoleInput', {
  description: 'Which member gets which role.',
  fields: (t) => ({
    memberId: t.id(memberId('The id of the member.')),
    role: t.field({ type: RoleEnum, required: true, description: 'ADMIN, WRITER or READER; at most your own role.' }),
  }),
});
const UpdateMemberRolePayload = memberPayload('UpdateMemberRolePayload', 'Who got the role, or what was wrong.');

const SuspendMemberInput = builder.inputType('SuspendMemberInput', {
  description: 'Which member to suspend.',
  fields: (t) => ({ memberId: t.id(memberId('The id of the member.')) }),
});
const SuspendMemberPayload = memberPayload('SuspendMemberPayload', 'Who was suspended, or what was wrong.');

const RestoreMemberInput = builder.inputType('RestoreMemberInput', {
  description: 'Which suspended member to let sign in again.',
  fields: (t) => ({ memberId: t.id(memberId('The id of the member.')) }),
});
const RestoreMemberPayload = memberPayload('RestoreMemberPayload', 'Who can sign in again, or what was wrong.');

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'Which member to remove, and what becomes of their service tokens.',
  fields: (t) => ({
    memberId: t.id(memberId('The id of the member. An INVITED one is taken back.')),
    transferServiceTokensTo: t.id({
      description:
        'The id of an ACTIVE member who gets their service tokens, each of which then does at most what that member may. Without it, they are revoked.',
    }),
  }),
});

const RemoveMemberPayload = builder
  .objectRef<Partial<RemovedMember> & { readonly userErrors: readonly InputIssue[] }>('RemoveMemberPayload')
  .implement({
    description: 'Who was removed and what became of their tokens, or what was wrong.',
    fields: (t) => ({
      removedMemberId: t.id({
        nullable: true,
        description: 'The id of the member who is no more, for your cache.',
        resolve: (payload) => payload.removedMemberId ?? null,
      }),
      transferredApiTokenCount: t.int({
        nullable: true,
        description: 'How many living service tokens have another owner now.',
        resolve: (payload) => payload.transferredApiTokenCount ?? null,
      }),
      revokedApiTokenCount: t.int({
        nullable: true,
        description: 'How many living API tokens went with the member.',
        resolve: (payload) => payload.revokedApiTokenCount ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

const TransferOwnershipInput = builder.inputType('TransferOwnershipInput', {
  description: 'Who shall own the account.',
  fields: (t) => ({ memberId: t.id(memberId('The id of an ACTIVE member of the account.')) }),
});
const TransferOwnershipPayload = memberPayload('TransferOwnershipPayload', 'The new owner, or what was wrong.');

builder.mutationFields((t) => ({
  updateMemberRole: t.field({
    type: UpdateMemberRolePayload,
    nullable: true,
    description: `Gives a member another role, which counts from their next request on, whatever token they hold. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: UpdateMemberRoleInput, required: true, description: 'Who, and which.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        member: await updateMemberRole(
          context.deps,
          memberManagerOf(requireCaller(context)),
          input.memberId,
          input.role,
        ),
      })),
  }),
  suspendMember: t.field({
    type: SuspendMemberPayload,
    nullable: true,
    description: `Suspends a member: their sessions, codes and the tokens that apps hold for them end at once, and their API tokens rest. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: SuspendMemberInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        member: await suspendMember(context.deps, memberManagerOf(requireCaller(context)), input.memberId),
      })),
  }),
  restoreMember: t.field({
    type: RestoreMemberPayload,
    nullable: true,
    description: `Lets a suspended member sign in again. Their consents and API tokens count again; sessions and the tokens of apps stay ended. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: RestoreMemberInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        member: await restoreMember(context.deps, memberManagerOf(requireCaller(context)), input.memberId),
      })),
  }),
  removeMember: t.field({
    type: RemoveMemberPayload,
    nullable: true,
    description: `Removes a member for good, or takes an invitation back: sessions, consents, personal API tokens and the tokens of apps end at once. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'Whom.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() =>
        removeMember(
          context.deps,
          memberManagerOf(requireCaller(context)),
          input.memberId,
          input.transferServiceTokensTo ?? null,
        ),
      ),
  }),
  transferOwnership: t.field({
    type: TransferOwnershipPayload,
    nullable: true,
    description:
      'Hands the account on to another member; you become an ADMIN in the same moment. Needs OWNER, by a browser session that signed in within the last ten minutes.',
    authScopes: memberScopes,
    args: { input: t.arg({ type: TransferOwnershipInput, required: true, description: 'To whom.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const caller = requireCaller(context);
        if (caller.role !== 'OWNER' || caller.session === null) {
          throw new ForbiddenError('Only the OWNER, signed in in a browser, can hand the account on.');
        }
        requireRecentSession(context, 'handing on an account');
        return { member: await transferOwnership(context.deps, memberManagerOf(caller), input.memberId) };
      }),
  }),
}));
