// What mutations of OAuth clients take. The rules for the values are in metadata-rules.ts.
import { builder } from '../graphql/builder.js';
import { idempotencyKeyDescription } from '../graphql/user-error.js';
import {
  ConsentModeEnum,
  GrantTypeEnum,
  OAuthClientTypeEnum,
  ResponseModeEnum,
  SigningAlgorithmEnum,
  TokenEndpointAuthMethodEnum,
} from './schema-enums.js';

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

type InputFields = NonNullable<Parameters<typeof builder.inputType>[1]>['fields'];
type InputFieldBuilder = Parameters<InputFields>[0];

const name = 'What people see when they are asked for consent: 1 to 100 characters.';
// Redirect URIs are texts: a URL scalar would rewrite them.
const redirectUris =
  'Where people may be sent back to, compared byte for byte; at most 50. https, and what an operator allowed the account.';

/** What can be said alike when a client is created and when it is changed. */
function optionalFields(t: InputFieldBuilder) {
  return {
    description: t.string({ description: 'A note for the account’s admins, at most 1000 characters.' }),
    grantTypes: t.field({
      type: [GrantTypeEnum],
      description: 'The ways in which it may get tokens. AUTHORIZATION_CODE and REFRESH_TOKEN by default.',
    }),
    scopes: t.stringList({
      description:
        'The scopes that it may ask for: openid, profile, email, address, phone, offline_access, reader, writer, admin, and those of the account’s API resources. The first three by default, none for a client that signs nobody in.',
    }),
    tokenEndpointAuthMethod: t.field({
      type: TokenEndpointAuthMethodEnum,
      description:
        'How it proves itself at the token endpoint: in this way only. CLIENT_SECRET_BASIC for CONFIDENTIAL, NONE for the others by default.',
    }),
    requirePkce: t.boolean({
      description: 'Whether every sign-in must use PKCE. true by default; only a CONFIDENTIAL client can do without.',
    }),
    consentMode: t.field({
      type: ConsentModeEnum,
      description: 'When people are asked for consent. REMEMBER by default.',
    }),
    lifetimes: t.field({ type: TokenLifetimesInput, description: 'How long its tokens shall live.' }),
    postLogoutRedirectUris: t.stringList({
      description: 'Where people may be sent after signing out, compared byte for byte; at most 50. None by default.',
    }),
    allowedOrigins: t.stringList({
      description:
        'The origins of its pages, which may call the protocol endpoints from a browser, such as https://app.example.com; at most 20.',
    }),
    backchannelLogoutUri: t.string({
      description:
        'An https address of its server, to which we POST a logout_token when a session ends that a person signed in with (OpenID Connect Back-Channel Logout); status 200 or 204 says that it was taken, anything else is tried again for a day.',
    }),
    jwks: t.string({
      description:
        'Its public keys for PRIVATE_KEY_JWT: a JSON Web Key Set (RFC 7517) as text. Not beside `jwksUri`. Never a private key.',
    }),
    jwksUri: t.string({
      description:
        'Where to fetch its public keys instead, an https address. Choose it when the keys change now and then.',
    }),
    logoUrl: t.string({
      description:
        'Its logo, an https address: PNG, JPEG, GIF or WebP of at most 256 kB. Latchkey fetches it once, now, and serves a copy.',
    }),
    homepageUrl: t.string({ description: 'The application’s web site, an https address.' }),
    policyUrl: t.string({ description: 'Its privacy policy, an https address.' }),
    termsUrl: t.string({ description: 'Its terms of service, an https address.' }),
    idTokenSigningAlgorithm: t.field({
      type: SigningAlgorithmEnum,
      description: 'How its ID tokens are signed. RS256 by default.',
    }),
    accessTokenSigningAlgorithm: t.field({
      type: SigningAlgorithmEnum,
      description: 'How its access tokens for Latchkey are signed. ES256 by default.',
    }),
    userinfoSigningAlgorithm: t.field({
      type: SigningAlgorithmEnum,
      description: 'How the answers of userinfo to it are signed. Null, the default: they are plain JSON.',
    }),
    responseModes: t.field({
      type: [ResponseModeEnum],
      description: 'How the answers to its authorization requests may travel. QUERY and FORM_POST by default.',
    }),
  };
}

/** How a client is named. */
function referenceFields(t: InputFieldBuilder) {
  return {
    id: t.id({ description: 'Its id.' }),
    clientId: t.string({ description: 'Its OAuth client_id.' }),
  };
}

export const CreateOAuthClientInput = builder.inputType('CreateOAuthClientInput', {
  description: 'What a new OAuth client is to be.',
  fields: (t) => ({
    name: t.string({ required: true, description: name }),
    type: t.field({
      type: OAuthClientTypeEnum,
      required: true,
      defaultValue: 'CONFIDENTIAL',
      description: 'Whether it can keep a secret, and where it runs. It cannot be changed later.',
    }),
    redirectUris: t.stringList({ required: true, defaultValue: [], description: redirectUris }),
    ...optionalFields(t),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

export const UpdateOAuthClientInput = builder.inputType('UpdateOAuthClientInput', {
  description:
    'What to change of an OAuth client, named by `id` or `clientId`. Only what is given changes; null goes back to the default.',
  fields: (t) => ({
    ...referenceFields(t),
    version: t.int({
      description: 'The version that you read: the change fails with CONFLICT if somebody changed the client since.',
    }),
    name: t.string({ description: name }),
    redirectUris: t.stringList({ description: `All of them: the list replaces the old one. ${redirectUris}` }),
    ...optionalFields(t),
  }),
});

export const DeleteOAuthClientInput = builder.inputType('DeleteOAuthClientInput', {
  description: 'Which OAuth client to delete: by `id` or `clientId`.',
  fields: referenceFields,
});

export const DisableOAuthClientInput = builder.inputType('DisableOAuthClientInput', {
  description: 'Which OAuth client to disable: by `id` or `clientId`.',
  fields: referenceFields,
});

export const EnableOAuthClientInput = builder.inputType('EnableOAuthClientInput', {
  description: 'Which OAuth client to enable again: by `id` or `clientId`.',
  fields: referenceFields,
});

export const RevokeOAuthClientTokensInput = builder.inputType('RevokeOAuthClientTokensInput', {
  description: 'Whose tokens to revoke: the OAuth client’s with this `id` or `clientId`.',
  fields: referenceFields,
});

export const RotateOAuthClientSecretInput = builder.inputType('RotateOAuthClientSecretInput', {
  description: 'Which OAuth client is to get a new secret, by `id` or `clientId`, and how long secrets live.',
  fields: (t) => ({
    ...referenceFields(t),
    previousSecretsExpireInSeconds: t.int({
      required: true,
      defaultValue: 86_400,
      description:
        'How long the old secrets work on, in seconds: 0 to 7776000, a day by default. 0 ends them at once. One that ends sooner keeps its end.',
    }),
    expiresInSeconds: t.int({
      description: 'When the new secret expires, in seconds from now: 60 to 315360000. Never, when left out.',
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

export const RevokeOAuthClientSecretInput = builder.inputType('RevokeOAuthClientSecretInput', {
  description: 'Which client secret to revoke.',
  fields: (t) => ({
    secretId: t.id({ required: true, description: 'The id of the secret, from `secrets`; not the secret itself.' }),
  }),
});
