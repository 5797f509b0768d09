// OAuth clients in GraphQL: what can be changed. What mutations take is in schema-inputs.ts, the rules in service.ts and
// metadata.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { UserError, userErrorsDescription } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import type { GivenMetadata } from './metadata.js';
import { OAuthClientNode } from './schema.js';
import { CreateOAuthClientInput, DeleteOAuthClientInput, UpdateOAuthClientInput } from './schema-inputs.js';
import { createOAuthClient, deleteOAuthClient, updateOAuthClient } from './service.js';

type OAuthClientRow = typeof OAuthClientNode.$inferType;

interface CreatePayload {
  readonly oauthClient?: OAuthClientRow;
  readonly clientSecret?: string | null;
  readonly userErrors: readonly InputIssue[];
}

const CreateOAuthClientPayload = builder.objectRef<CreatePayload>('CreateOAuthClientPayload').implement({
  description: 'The new client and its secret, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'What was registered; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    clientSecret: t.string({
      nullable: true,
      description:
        'The client secret in clear, shown this once. Keep it: it cannot be read again. null for a client that has none.',
      resolve: (payload) => payload.clientSecret ?? null,
    }),
    userErrors: t.field({
      type: [UserError],
      description: userErrorsDescription,
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

interface UpdatePayload {
  readonly oauthClient?: OAuthClientRow;
  readonly verificationCleared?: boolean;
  readonly userErrors: readonly InputIssue[];
}

const UpdateOAuthClientPayload = builder.objectRef<UpdatePayload>('UpdateOAuthClientPayload').implement({
  description: 'The changed client, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client as it is now; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    verificationCleared: t.boolean({
      description:
        'Whether the change took back an operator’s verification: another name, another link or a new redirect host does. Ask an operator to verify the client again.',
      resolve: (payload) => payload.verificationCleared ?? false,
    }),
    userErrors: t.field({
      type: [UserError],
      description: userErrorsDescription,
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

interface DeletePayload {
  readonly deletedOAuthClientId?: string;
  readonly revokedConsentCount?: number;
  readonly userErrors: readonly InputIssue[];
}

const DeleteOAuthClientPayload = builder.objectRef<DeletePayload>('DeleteOAuthClientPayload').implement({
  description: 'What was deleted, or what was wrong.',
  fields: (t) => ({
    deletedOAuthClientId: t.id({
      nullable: true,
      description: 'The id of the client that is no more, for your cache.',
      resolve: (payload) => payload.deletedOAuthClientId ?? null,
    }),
    revokedConsentCount: t.int({
      nullable: true,
      description: 'How many members’ consents went with it.',
      resolve: (payload) => payload.revokedConsentCount ?? null,
    }),
    userErrors: t.field({
      type: [UserError],
      description: userErrorsDescription,
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

builder.mutationFields((t) => ({
  createOAuthClient: t.field({
    type: CreateOAuthClientPayload,
    nullable: true,
    description: 'Registers an OAuth client and shows its secret, this once. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: CreateOAuthClientInput, required: true, description: 'What it is to be.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() => createOAuthClient(context.deps, requireCaller(context).actor, input satisfies GivenMetadata)),
  }),
  updateOAuthClient: t.field({
    type: UpdateOAuthClientPayload,
    nullable: true,
    description:
      'Changes an OAuth client. Needs OWNER or ADMIN; an OAuth token cannot change the redirect URIs of another client.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: {
      input: t.arg({ type: UpdateOAuthClientInput, required: true, description: 'Which one, and what to change.' }),
    },
    resolve: (_root, { input }, context) =>
      payloadOf(() => {
        const { id, clientId, version, ...given } = input;
        return updateOAuthClient(context.deps, requireCaller(context).actor, { id, clientId, version }, given);
      }),
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
        const { id, revokedConsentCount } = await deleteOAuthClient(context.deps, requireCaller(context).actor, input);
        return { deletedOAuthClientId: id, revokedConsentCount };
      }),
  }),
}));
