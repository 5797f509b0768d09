// Registering and changing OAuth clients in GraphQL. What mutations take is in schema-inputs.ts, the rules in service.ts and
// metadata-rules.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { replayedField, userErrorsField } from '../graphql/user-error.js';
import { once } from '../idempotency/service.js';
import type { InputIssue } from '../lib/errors.js';
import type { GivenMetadata } from './metadata.js';
import { OAuthClientNode } from './schema.js';
import { CreateOAuthClientInput, UpdateOAuthClientInput } from './schema-inputs.js';
import { createOAuthClient, findCreated, updateOAuthClient } from './service.js';

type OAuthClientRow = typeof OAuthClientNode.$inferType;

interface CreatePayload {
  readonly oauthClient?: OAuthClientRow | null;
  readonly clientSecret?: string | null;
  readonly replayed?: boolean;
  readonly userErrors: readonly InputIssue[];
}

const CreateOAuthClientPayload = builder.objectRef<CreatePayload>('CreateOAuthClientPayload').implement({
  description: 'The new client and its secret, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'What was registered; null when there are userErrors, or when it was replayed and deleted since.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    clientSecret: t.string({
      nullable: true,
      description:
        'The client secret in clear, shown this once. Keep it: it cannot be read again. null for a client that has none, and when `replayed`.',
      resolve: (payload) => payload.clientSecret ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
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
        'Whether the change took back an operator’s verification: another name, logo or link, or a new redirect host does. Ask an operator to verify the client again.',
      resolve: (payload) => payload.verificationCleared ?? false,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

builder.mutationFields((t) => ({
  createOAuthClient: t.field({
    type: CreateOAuthClientPayload,
    nullable: true,
    description: 'Registers an OAuth client and shows its secret, this once. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_WRITE' },
    args: { input: t.arg({ type: CreateOAuthClientInput, required: true, description: 'What it is to be.' }) },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const { actor } = requireCaller(context);
        return once(
          context.deps,
          { actor, mutation: 'createOAuthClient', key: idempotencyKey, input },
          (remember) => createOAuthClient(context.deps, actor, input satisfies GivenMetadata, remember),
          (id) => findCreated(context.deps.db, actor.accountId, id),
        );
      }),
  }),
  updateOAuthClient: t.field({
    type: UpdateOAuthClientPayload,
    nullable: true,
    description:
      'Changes what is given of an OAuth client, and nothing else. Needs OWNER or ADMIN; an OAuth token cannot change the redirect URIs, origins and logout address of another client, nor how any client proves itself.',
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
}));
