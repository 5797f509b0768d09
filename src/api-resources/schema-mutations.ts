// API resources in GraphQL: registered, changed and deleted. The rules are in service.ts and rules.ts. Never by an OAuth token:
// whoever decides what an API's tokens carry, and who may introspect them, must be a person or hold an API token.
import { SigningAlgorithmEnum } from '../clients/schema-enums.js';
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { idempotencyKeyDescription, replayedField, userErrorsField } from '../graphql/user-error.js';
import { once } from '../idempotency/service.js';
import type { InputIssue } from '../lib/errors.js';
import { ApiResourceNode } from './schema.js';
import { createApiResource, deleteApiResource, findCreated, updateApiResource } from './service.js';

type InputFields = NonNullable<Parameters<typeof builder.inputType>[1]>['fields'];
type InputFieldBuilder = Parameters<InputFields>[0];

const ApiScopeInput = builder.inputType('ApiScopeInput', {
  description: 'A scope that tokens for an API may carry.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'One word, such as `orders:read`: at most 100 characters. reader, writer and admin may be among them; the scopes of OpenID Connect may not.',
    }),
    description: t.string({
      required: true,
      description:
        'What it lets an app do, in plain words that complete “this app can:”, such as “Read your orders”. 1 to 200 characters, shown on the consent page.',
    }),
  }),
});

const name = 'What the consent page calls the API: 1 to 100 characters.';

/** What can be said alike when an API resource is created and when it is changed. */
function optionalFields(t: InputFieldBuilder) {
  return {
    scopes: t.field({
      type: [ApiScopeInput],
      description: 'The scopes that a token for the API may carry: all of them, at most 50. None by default.',
    }),
    accessTokenSeconds: t.int({
      description: 'How long access tokens for the API live, in seconds: 60 to 86400, 600 by default.',
    }),
    signingAlgorithm: t.field({
      type: SigningAlgorithmEnum,
      description:
        'How access tokens for the API are signed. ES256 by default; RS256 for an API whose library knows no other.',
    }),
    introspectionClientIds: t.idList({
      description:
        'The ids of the OAuth clients that may introspect tokens for the API: all of them, at most 10, each CONFIDENTIAL and of this account. None by default.',
    }),
  };
}

const CreateApiResourceInput = builder.inputType('CreateApiResourceInput', {
  description: 'What a new API resource is to be.',
  fields: (t) => ({
    // A text: a URL scalar would rewrite it.
    audience: t.string({
      required: true,
      description:
        'The URI that names the API, such as https://api.example.com/orders, at most 500 characters: https, a URN, or a private scheme with a dot; http for an API on your own computer. No fragment, not Latchkey’s own origin, and registered nowhere else. It cannot be changed later.',
    }),
    name: t.string({ required: true, description: name }),
    ...optionalFields(t),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

const UpdateApiResourceInput = builder.inputType('UpdateApiResourceInput', {
  description: 'What to change of an API resource. Only what is given changes; null goes back to the default.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    name: t.string({ description: name }),
    ...optionalFields(t),
  }),
});

const DeleteApiResourceInput = builder.inputType('DeleteApiResourceInput', {
  description: 'Which API resource to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its id.' }) }),
});

interface ApiResourcePayload {
  readonly apiResource?: typeof ApiResourceNode.$inferType | null;
  readonly replayed?: boolean;
  readonly userErrors: readonly InputIssue[];
}

const CreateApiResourcePayload = builder.objectRef<ApiResourcePayload>('CreateApiResourcePayload').implement({
  description: 'The new API resource, or what was wrong.',
  fields: (t) => ({
    apiResource: t.field({
      type: ApiResourceNode,
      nullable: true,
      description: 'What was registered; null when there are userErrors, or when it was replayed and deleted since.',
      resolve: (payload) => payload.apiResource ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
  }),
});

const UpdateApiResourcePayload = builder.objectRef<ApiResourcePayload>('UpdateApiResourcePayload').implement({
  description: 'The changed API resource, or what was wrong.',
  fields: (t) => ({
    apiResource: t.field({
      type: ApiResourceNode,
      nullable: true,
      description: 'The API resource as it is now; null when there are userErrors.',
      resolve: (payload) => payload.apiResource ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

const DeleteApiResourcePayload = builder
  .objectRef<{ readonly deletedApiResourceId?: string; readonly userErrors: readonly InputIssue[] }>(
    'DeleteApiResourcePayload',
  )
  .implement({
    description: 'What was deleted, or what was wrong.',
    fields: (t) => ({
      deletedApiResourceId: t.id({
        nullable: true,
        description: 'The id of the API resource that is no more, for your cache.',
        resolve: (payload) => payload.deletedApiResourceId ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });

const needs = 'Needs OWNER or ADMIN, by a browser session or an API token of role ADMIN, never an OAuth token.';
const authScopes = { $all: { permission: 'API_RESOURCE_WRITE', credentialManager: true } } as const;

builder.mutationFields((t) => ({
  createApiResource: t.field({
    type: CreateApiResourcePayload,
    nullable: true,
    description: `Registers an API resource, which clients of the account can ask tokens for. ${needs}`,
    authScopes,
    args: { input: t.arg({ type: CreateApiResourceInput, required: true, description: 'What it is to be.' }) },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const { actor } = requireCaller(context);
        return once(
          context.deps,
          { actor, mutation: 'createApiResource', key: idempotencyKey, input },
          (remember) => createApiResource(context.deps, actor, input, remember),
          (id) => findCreated(context.deps.db, actor.accountId, id),
        );
      }),
  }),
  updateApiResource: t.field({
    type: UpdateApiResourcePayload,
    nullable: true,
    description: `Changes what is given of an API resource. A scope that it no longer has is in no new token, and introspection stops showing it. ${needs}`,
    authScopes,
    args: {
      input: t.arg({ type: UpdateApiResourceInput, required: true, description: 'Which one, and what to change.' }),
    },
    resolve: (_root, { input: { id, ...given } }, context) =>
      payloadOf(() => updateApiResource(context.deps, requireCaller(context).actor, id, given)),
  }),
  deleteApiResource: t.field({
    type: DeleteApiResourcePayload,
    nullable: true,
    description: `Deletes an API resource: no token is issued for it any more, and introspection answers that those there are count no more. An API that does not introspect takes them until they expire. ${needs}`,
    authScopes,
    args: { input: t.arg({ type: DeleteApiResourceInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        await deleteApiResource(context.deps, requireCaller(context).actor, input.id);
        return { deletedApiResourceId: input.id };
      }),
  }),
}));
