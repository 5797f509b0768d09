// Invitations in GraphQL: sent, and sent again. They are accepted on a page. The rules are in invitations.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { RoleEnum } from '../graphql/enums.js';
import { payloadOf } from '../graphql/errors.js';
import { idempotencyKeyDescription, replayedField, userErrorsField } from '../graphql/user-error.js';
import { once } from '../idempotency/service.js';
import { inviteMember, resendInvitation } from './invitations.js';
import { MemberNode } from './schema.js';
import { type MemberPayload, memberManagerOf, memberNeeds, memberPayload, memberScopes } from './schema-payloads.js';

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'Whom to invite, as what.',
  fields: (t) => ({
    email: t.string({
      required: true,
      description:
        'The e-mail address that the invitation is sent to, and that the member signs in with. One that belongs to a member of another account looks like any other here; the message says why it cannot be accepted.',
    }),
    name: t.string({ description: 'Their name, which they may change: 1 to 100 characters.' }),
    role: t.field({ type: RoleEnum, required: true, description: 'ADMIN, WRITER or READER; at most your own role.' }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

const InviteMemberPayload = builder.objectRef<MemberPayload>('InviteMemberPayload').implement({
  description: 'Who was invited, or what was wrong.',
  fields: (t) => ({
    member: t.field({
      type: MemberNode,
      nullable: true,
      description:
        'The member, whose status is INVITED until they accept; null when there are userErrors, or when it was replayed and taken back since.',
      resolve: (payload) => payload.member ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
  }),
});

const ResendInvitationInput = builder.inputType('ResendInvitationInput', {
  description: 'Whose invitation to send again.',
  fields: (t) => ({ memberId: t.id({ required: true, description: 'The id of the member, who is INVITED.' }) }),
});

const ResendInvitationPayload = memberPayload('ResendInvitationPayload', 'Who was invited again, or what was wrong.');

builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    nullable: true,
    description: `Invites somebody by e-mail: they choose a password on our page, and are members. The link works for seven days, and once. At most 100 an hour. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'Whom, and as what.' }) },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const caller = requireCaller(context);
        return once(
          context.deps,
          { actor: caller.actor, mutation: 'inviteMember', key: idempotencyKey, input },
          (remember) =>
            inviteMember(context.deps, memberManagerOf(caller), { ...input, name: input.name ?? null }, remember),
          async (id) => ({
            member: await context.deps.db.member.findUnique({ where: { id, accountId: caller.accountId } }),
          }),
        );
      }),
  }),
  resendInvitation: t.field({
    type: ResendInvitationPayload,
    nullable: true,
    description: `Sends an invitation again, with another link; the old one works no more. At most five an hour for each member. ${memberNeeds}`,
    authScopes: memberScopes,
    args: { input: t.arg({ type: ResendInvitationInput, required: true, description: 'Whose.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() => resendInvitation(context.deps, memberManagerOf(requireCaller(context)), input.memberId)),
  }),
}));
