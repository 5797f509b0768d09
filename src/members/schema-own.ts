// What members do to themselves, in GraphQL: their e-mail address, and all that is kept about them. Each needs a browser session
// of their own. The rules are in email-change.ts, email-links.ts, export.ts and deletion.ts.
import { builder } from '../graphql/builder.js';
import { payloadOf } from '../graphql/errors.js';
import { requireOwnSession, requireRecentSession } from '../graphql/own-session.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { deleteMyself } from './deletion.js';
import { cancelEmailChange, findPendingChange, requestEmailChange } from './email-change.js';
import { sendEmailVerification } from './email-links.js';
import { exportMyData } from './export.js';
import type { RemovedMember } from './removal.js';
import { memberManagerOf, memberPayload } from './schema-payloads.js';
import { PendingEmailChange } from './schema-viewer.js';

const scopes = { caller: true } as const;
const needsSession = 'Needs a browser session.';
const needsRecent = 'Needs a browser session that signed in within the last ten minutes.';

const SendEmailVerificationInput = builder.inputType('SendEmailVerificationInput', {
  description: 'Which address to prove.',
  fields: (t) => ({
    email: t.string({ required: true, description: 'The address that you sign in with, to which the message goes.' }),
  }),
});
const SendEmailVerificationPayload = memberPayload(
  'SendEmailVerificationPayload',
  'Whose address is being verified, or what was wrong.',
);

const RequestEmailChangeInput = builder.inputType('RequestEmailChangeInput', {
  description: 'Another e-mail address for yourself.',
  fields: (t) => ({
    newEmail: t.string({
      required: true,
      description:
        'The address to sign in with from then on. One that somebody else has looks like any other here; the message to it says that it is in use.',
    }),
  }),
});

interface ChangePayload {
  readonly change?: typeof PendingEmailChange.$inferType | null;
  readonly userErrors: readonly InputIssue[];
}

const RequestEmailChangePayload = builder.objectRef<ChangePayload>('RequestEmailChangePayload').implement({
  description: 'What waits for its link now, or what was wrong.',
  fields: (t) => ({
    pendingEmailChange: t.field({
      type: PendingEmailChange,
      nullable: true,
      description: 'The change that waits now; null when there are userErrors.',
      resolve: (payload) => payload.change ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

const CancelEmailChangeInput = builder.inputType('CancelEmailChangeInput', {
  description: 'Which change to take back.',
  fields: (t) => ({
    newEmail: t.string({
      required: true,
      description: 'The address that the change is to, so that no newer change is taken back in its place.',
    }),
  }),
});
const CancelEmailChangePayload = memberPayload(
  'CancelEmailChangePayload',
  'Whose address stays as it is, or what was wrong.',
);

const ExportMyDataInput = builder.inputType('ExportMyDataInput', {
  description: 'What to export.',
  fields: (t) => ({
    auditLogBefore: t.id({
      description:
        'Only entries of the audit log that are older than the one with this id: `auditLogContinuesBefore` of an export that was cut.',
    }),
  }),
});

const ExportMyDataPayload = builder
  .objectRef<{ readonly json?: string; readonly userErrors: readonly InputIssue[] }>('ExportMyDataPayload')
  .implement({
    description: 'All that is kept about you, or what was wrong.',
    fields: (t) => ({
      json: t.string({
        nullable: true,
        description:
          'A JSON document as text: profile, claims, sessions, connected apps and sign-ins to them, API tokens, links, invitations and clients that you made, 1000 of each, and the newest 10000 entries of the audit log by or about you. `cut` in it names the lists of which there are more. It holds no secret. Null when there are userErrors.',
        resolve: ({ json }) => json ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

const DeleteMyselfInput = builder.inputType('DeleteMyselfInput', {
  description: 'That you mean it, and what becomes of your service tokens.',
  fields: (t) => ({
    confirmEmail: t.string({ required: true, description: 'The address that you sign in with.' }),
    transferServiceTokensTo: t.id({
      description:
        'The id of an ACTIVE member who gets those of your service tokens that do no more than you may. Without it, and all others, are revoked.',
    }),
  }),
});

const DeleteMyselfPayload = builder
  .objectRef<Partial<RemovedMember> & { readonly userErrors: readonly InputIssue[] }>('DeleteMyselfPayload')
  .implement({
    description: 'What went with you, or what was wrong.',
    fields: (t) => ({
      deletedMemberId: t.id({
        nullable: true,
        description: 'Your id, which nobody has any more; null when there are userErrors.',
        resolve: ({ removedMemberId }) => removedMemberId ?? null,
      }),
      transferredApiTokenCount: t.int({
        nullable: true,
        description: 'How many living service tokens have another owner now.',
        resolve: (payload) => payload.transferredApiTokenCount ?? null,
      }),
      revokedApiTokenCount: t.int({
        nullable: true,
        description: 'How many living API tokens went with you.',
        resolve: (payload) => payload.revokedApiTokenCount ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

builder.mutationFields((t) => ({
  sendEmailVerification: t.field({
    type: SendEmailVerificationPayload,
    nullable: true,
    description: `Sends you a link that proves that your e-mail address is yours. It works for 24 hours, and once; three an hour at most. ${needsSession}`,
    authScopes: scopes,
    args: { input: t.arg({ type: SendEmailVerificationInput, required: true, description: 'Which address.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const { actor, memberId, accountId } = requireOwnSession(context, 'Verifying an e-mail address');
        await sendEmailVerification(context.deps, actor, memberId, input.email);
        return { member: await context.deps.db.member.findUnique({ where: { id: memberId, accountId } }) };
      }),
  }),
  requestEmailChange: t.field({
    type: RequestEmailChangePayload,
    nullable: true,
    description: `Sends a link to another e-mail address, with which you sign in once you have confirmed it in a browser that you are signed in with. Your present address is told at once. The link works for an hour, and once; a change that waited already is replaced; three an hour at most. ${needsRecent}`,
    authScopes: scopes,
    args: { input: t.arg({ type: RequestEmailChangeInput, required: true, description: 'Which address.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const { deps } = context;
        const { actor, memberId } = requireRecentSession(context, 'changing the e-mail address');
        await requestEmailChange(deps, actor, memberId, input.newEmail);
        return { change: await findPendingChange(deps.db, memberId, deps.clock()) };
      }),
  }),
  cancelEmailChange: t.field({
    type: CancelEmailChangePayload,
    nullable: true,
    description: `Takes a change of your e-mail address back that waits to be confirmed: its link works no more. ${needsSession}`,
    authScopes: scopes,
    args: { input: t.arg({ type: CancelEmailChangeInput, required: true, description: 'Which change.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const { actor, memberId, accountId } = requireOwnSession(context, 'Taking back a change of the e-mail address');
        await cancelEmailChange(context.deps, actor, memberId, input.newEmail);
        return { member: await context.deps.db.member.findUnique({ where: { id: memberId, accountId } }) };
      }),
  }),
  exportMyData: t.field({
    type: ExportMyDataPayload,
    nullable: true,
    description: `Exports all that is kept about you, ten times an hour at most. ${needsSession}`,
    // As much as it may read.
    complexity: { field: 1000, multiplier: 1 },
    authScopes: scopes,
    args: { input: t.arg({ type: ExportMyDataInput, required: true, description: 'What.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const { actor, memberId } = requireOwnSession(context, 'Exporting your data');
        return { json: await exportMyData(context.deps, actor, memberId, input.auditLogBefore ?? null) };
      }),
  }),
  deleteMyself: t.field({
    type: DeleteMyselfPayload,
    nullable: true,
    description: `Deletes you for good: sessions, consents, personal API tokens and the tokens of apps end at once. The audit log stays. The OWNER cannot: transferOwnership comes first. ${needsRecent}`,
    authScopes: scopes,
    args: { input: t.arg({ type: DeleteMyselfInput, required: true, description: 'That you mean it.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() => {
        const caller = requireRecentSession(context, 'deleting yourself');
        return deleteMyself(context.deps, memberManagerOf(caller), {
          confirmEmail: input.confirmEmail,
          transferServiceTokensTo: input.transferServiceTokensTo ?? null,
        });
      }),
  }),
}));
