// Taking back what an app was allowed, in GraphQL. The rules are in connected-apps.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { revokeConsent } from './connected-apps.js';

const RevokeConsentInput = builder.inputType('RevokeConsentInput', {
  description: 'Which connected app to remove.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The id of the consent.' }) }),
});

const RevokeConsentPayload = builder
  .objectRef<{ readonly revokedConsentId?: string; readonly userErrors: readonly InputIssue[] }>('RevokeConsentPayload')
  .implement({
    description: 'What was taken back, or what was wrong.',
    fields: (t) => ({
      revokedConsentId: t.id({
        nullable: true,
        description: 'The id of the consent that is no more, for your cache.',
        resolve: (payload) => payload.revokedConsentId ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

builder.mutationField('revokeConsent', (t) =>
  t.field({
    type: RevokeConsentPayload,
    nullable: true,
    description:
      'Takes back what a member allowed an app: the consent and every code and token that the app has by it end at once, and the member is asked anew the next time. Your own; for OWNER and ADMIN also those of the account’s members, and those given to its clients. What was taken back already stays so. Needs a browser session or an API token of role ADMIN, never an OAuth token.',
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RevokeConsentInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const caller = requireCaller(context);
        await revokeConsent(context.deps, caller.actor, caller, input.id);
        return { revokedConsentId: input.id };
      }),
  }),
);
