// OAuth clients in GraphQL: what can be changed. The rules are in service.ts and metadata.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { UserError, userErrorsDescription } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import type { GivenMetadata } from './metadata.js';
import { OAuthClientNode } from './schema.js';
import {
  ConsentModeEnum,
  GrantTypeEnum,
  OAuthClientTypeEnum,
  SigningAlgorithmEnum,
  TokenEndpointAuthMethodEnum,
} from './schema-enums.js';
import { createOAuthClient, deleteOAuthClient, updateOAuthClient } from './service.js';

type OAuthClientRow = typeof OAuthClientNode.$inferType;

const TokenLifetimesInput = builder.inputType('TokenLifetimesInput', {
  description: 'How long the tokens of a client shall live. What is left out stays as it is.',
  fields: (t) => ({
    accessTokenSeconds: t.int({ description: 'Access tokens, in seconds: 60 to 86400, 600 by default.' }),
    refreshTokenSeconds: t.int({
      description: 'Refresh tokens in all, in seconds: 3600 to 31536000, 7776000 (90 days) by default.',
    }),
    refreshTokenIdleSeconds: t.int({
      description: 'Unused refresh tokens, in seconds: 3600 to 31536000, 2592000 (30 days) by default.',
    }),
    idTokenSeconds: t.int({ description: 'ID tokens, in seconds: 60 to 86400, 3600 by default.' }),
  }),
});

/** What creating and updating have in common. Redirect URIs are texts: a URL scalar would rewrite them. */
const texts = {
  description: 'A note for the account’s admins, at most 1000 characters.',
  redirectUris:
    'Where people may be sent back to, compared byte for byte; at most 50. https, and what an operator allowed the account.',
  grantTypes: 'The ways in which it may get tokens. AUTHORIZATION_CODE and REFRESH_TOKEN by default.',
  scopes:
    'The scopes that it may ask for: openid, profile, email, offline_access, reader, writer, admin. The first three by default.',
  tokenEndpointAuthMethod:
    'How it proves itself at the token endpoint. CLIENT_SECRET_BASIC for CONFIDENTIAL, NONE for the others by default.',
  requirePkce: 'Whether every sign-in must use PKCE. true by default; only a CONFIDENTIAL client can do without.',
  consentMode: 'When people are asked for consent. REMEMBER by default.',
  lifetimes: 'How long its tokens shall live.',
  homepageUrl: 'The application’s web site, an https address.',
  policyUrl: 'Its privacy policy, an https address.',
  termsUrl: 'Its terms of service, an https address.',
  idTokenSigningAlgorithm: 'How its ID tokens are signed. RS256 by default.',
};

const CreateOAuthClientInput = builder.inputType('CreateOAuthClientInput', {
  description: 'What a new OAuth client is to be.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description: 'What people see when they are asked for consent: 1 to 100 characters.',
    }),
    description: t.string({ description: texts.description }),
    type: t.field({
      type: OAuthClientTypeEnum,
      required: true,
      defaultValue: 'CONFIDENTIAL',
      description: 'Whether it can keep a secret, and where it runs. It cannot be changed later.',
    }),
    redirectUris: t.stringList({ required: true, defaultValue: [], description: texts.redirectUris }),
    grantTypes: t.field({ type: [GrantTypeEnum], description: texts.grantTypes }),
    scopes: t.stringList({ description: texts.scopes }),
    tokenEndpointAuthMethod: t.field({ type: TokenEndpointAuthMethodEnum, description: texts.tokenEndpointAuthMethod }),
    requirePkce: t.boolean({ description: texts.requirePkce }),
    consentMode: t.field({ type: ConsentModeEnum, description: texts.consentMode }),
    lifetimes: t.field({ type: TokenLifetimesInput, description: texts.lifetimes }),
    homepageUrl: t.string({ description: texts.homepageUrl }),
    policyUrl: t.string({ description: texts.policyUrl }),
    termsUrl: t.string({ description: texts.termsUrl }),
    idTokenSigningAlgorithm: t.field({ type: SigningAlgorithmEnum, description: texts.idTokenSigningAlgorithm }),
  }),
});

const UpdateOAuthClientInput = builder.inputType('UpdateOAuthClientInput', {
  description:
    'What to change of an OAuth client, named by `id` or `clientId`. Only what is given changes; null goes back to the default.',
  fields: (t) => ({
    id: t.id({ description: 'Its id.' }),
    clientId: t.string({ description: 'Its OAuth client_id.' }),
    version: t.int({
      description: 'The version that you read: the change fails with CONFLICT if somebody changed the client since.',
    }),
    name: t.string({ description: 'What people see when they are asked for consent: 1 to 100 characters.' }),
    description: t.string({ description: texts.description }),
    redirectUris: t.stringList({ description: `All of them: the list replaces the old one. ${texts.redirectUris}` }),
    grantTypes: t.field({ type: [GrantTypeEnum], description: texts.grantTypes }),
    scopes: t.stringList({ description: texts.scopes }),
    tokenEndpointAuthMethod: t.field({ type: TokenEndpointAuthMethodEnum, description: texts.tokenEndpointAuthMethod }),
    requirePkce: t.boolean({ description: texts.requirePkce }),
    consentMode: t.field({ type: ConsentModeEnum, description: texts.consentMode }),
    lifetimes: t.field({ type: TokenLifetimesInput, description: texts.lifetimes }),
    homepageUrl: t.string({ description: texts.homepageUrl }),
    policyUrl: t.string({ description: texts.policyUrl }),
    termsUrl: t.string({ description: texts.termsUrl }),
    idTokenSigningAlgorithm: t.field({ type: SigningAlgorithmEnum, description: texts.idTokenSigningAlgorithm }),
  }),
});

const DeleteOAuthClientInput = builder.inputType('DeleteOAuthClientInput', {
  description: 'Which OAuth client to delete: by `id` or `clientId`.',
  fields: (t) => ({
    id: t.id({ description: 'Its id.' }),
    clientId: t.string({ description: 'Its OAuth client_id.' }),
  }),
});

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
