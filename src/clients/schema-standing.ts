// Whether an OAuth client works, in GraphQL: disabled, enabled, its tokens revoked, deleted. The rules are in standing.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { OAuthClientNode } from './schema.js';
import {
  DeleteOAuthClientInput,
  DisableOAuthClientInput,
  EnableOAuthClientInput,
  RevokeOAuthClientTokensInput,
} from './schema-inputs.js';
import { deleteOAuthClient, revokeOAuthClientTokens, setOAuthClientDisabled } from './standing.js';

type OAuthClientRow = typeof OAuthClientNode.$inferType;

interface ClientPayload {
  readonly oauthClient?: OAuthClientRow;
  readonly userErrors: readonly InputIssue[];
}

const DisableOAuthClientPayload = builder.objectRef<ClientPayload>('DisableOAuthClientPayload').implement({
  description: 'The disabled client, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client, disabled now; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

const EnableOAuthClientPayload = builder.objectRef<ClientPayload>('EnableOAuthClientPayload').implement({
  description: 'The enabled client, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client, which works again; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

interface RevokePayload extends ClientPayload {
  readonly revokedConsentCount?: number;
}

const RevokeOAuthClientTokensPayload = builder.objectRef<RevokePayload>('RevokeOAuthClientTokensPayload').implement({
  description: 'The client without any token, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    revokedConsentCount: t.int({
      nullable: true,
      description: 'How many members’ consents ended. They are asked anew at their next sign-in.',
      resolve: (payload) => payload.revokedConsentCount ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

interface DeletePayload {
  readonly deletedOAuthClientId?: string;
  readonly revokedSecretCount?: number;
  readonly revokedConsentCount?: number;
  readonly endedSignInCount?: number;
  readonly userErrors: readonly InputIssue[];
}

const DeleteOAuthClientPayload = builder.objectRef<DeletePayload>('DeleteOAuthClientPayload').implement({
  description: 'What was deleted and what died with it, or what was wrong.',
  fields: (t) => ({
    deletedOAuthClientId: t.id({
      nullable: true,
      description: 'The id of the client that is no more, for your cache.',
      resolve: (payload) => payload.deletedOAuthClientId ?? null,
    }),
    revokedSecretCount: t.int({
      nullable: true,
      description: 'How many living secrets went with it.',
      resolve: (payload) => payload.revokedSecretCount ?? null,
    }),
    revokedConsentCount: t.int({
      nullable: true,
      description: 'How many members’ consents went with it.',
      resolve: (payload) => payload.revokedConsentCount ?? null,
    }),
    endedSignInCount: t.int({
      nullable: true,
      description: 'How many sign-ins, each with its access and refresh tokens, went with it.',
      resolve: (payload) => payload.endedSignInCount ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

builder.mutationFields((t) => ({
  disableOAuthClient: t.field({
    type: DisableOAuthClientPayload,
    nullable: true,
    description:
      'Disables an OAuth client: nobody signs in through it, and all its tokens are refused, until it is enabled again. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: DisableOAuthClientInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        oauthClient: await setOAuthClientDisabled(context.deps, requireCaller(context).actor, input, true),
      })),
  }),
  enableOAuthClient: t.field({
    type: EnableOAuthClientPayload,
    nullable: true,
    description:
      'Enables an OAuth client again. Tokens that it had work again as far as they have not expired: revoke them with `revokeOAuthClientTokens` if they shall not. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: EnableOAuthClientInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        oauthClient: await setOAuthClientDisabled(context.deps, requireCaller(context).actor, input, false),
      })),
  }),
  revokeOAuthClientTokens: t.field({
    type: RevokeOAuthClientTokensPayload,
    nullable: true,
    description:
      'Revokes every token and consent of an OAuth client at once. Its secrets work on. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: RevokeOAuthClientTokensInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() => revokeOAuthClientTokens(context.deps, requireCaller(context).actor, input)),
  }),
  deleteOAuthClient: t.field({
    type: DeleteOAuthClientPayload,
    nullable: true,
    description:
      'Deletes an OAuth client with its secrets, consents and tokens, which all fail at once. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: DeleteOAuthClientInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        const { id, ...died } = await deleteOAuthClient(context.deps, requireCaller(context).actor, input);
        return { deletedOAuthClientId: id, ...died };
      }),
  }),
}));
