// Ending sessions in GraphQL, one or all others. The rules are in elsewhere.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { revokeOtherSessions, revokeSession } from './elsewhere.js';

const RevokeSessionInput = builder.inputType('RevokeSessionInput', {
  description: 'Which session to end.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The id of the session.' }) }),
});

const RevokeSessionPayload = builder
  .objectRef<{ readonly revokedSessionId?: string; readonly userErrors: readonly InputIssue[] }>('RevokeSessionPayload')
  .implement({
    description: 'What was ended, or what was wrong.',
    fields: (t) => ({
      revokedSessionId: t.id({
        nullable: true,
        description: 'The id of the session that is no more, for your cache.',
        resolve: (payload) => payload.revokedSessionId ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

const RevokeOtherSessionsInput = builder.inputType('RevokeOtherSessionsInput', {
  description: 'Whose sessions to end.',
  fields: (t) => ({
    memberId: t.id({
      description: 'The id of a member of the account, for OWNER and ADMIN; yourself when left out.',
    }),
  }),
});

const RevokeOtherSessionsPayload = builder
  .objectRef<{ readonly revokedSessionCount?: number; readonly userErrors: readonly InputIssue[] }>(
    'RevokeOtherSessionsPayload',
  )
  .implement({
    description: 'How many were ended, or what was wrong.',
    fields: (t) => ({
      revokedSessionCount: t.int({
        nullable: true,
        description: 'How many sessions ended; null when there are userErrors.',
        resolve: (payload) => payload.revokedSessionCount ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

const what =
  'The tokens that apps got in it end with it, save those for offline access, and apps that take back-channel logout are told.';
const needs = 'Needs a browser session or an API token of role ADMIN, never an OAuth token.';

builder.mutationFields((t) => ({
  revokeSession: t.field({
    type: RevokeSessionPayload,
    nullable: true,
    description: `Ends a session. ${what} Your own; any of the account’s members for OWNER and ADMIN. One that has ended already stays so. ${needs}`,
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RevokeSessionInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const caller = requireCaller(context);
        await revokeSession(context.deps, caller.actor, caller, input.id);
        return { revokedSessionId: input.id };
      }),
  }),
  revokeOtherSessions: t.field({
    type: RevokeOtherSessionsPayload,
    nullable: true,
    description: `Ends all your sessions but the one that you ask in, or all sessions of another member. ${what} ${needs}`,
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RevokeOtherSessionsInput, required: true, description: 'Whose.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const caller = requireCaller(context);
        const { memberId = null } = input;
        const current = caller.session?.id ?? null;
        return {
          revokedSessionCount: await revokeOtherSessions(context.deps, caller.actor, caller, memberId, current),
        };
      }),
  }),
}));
