// OAuth clients and their secrets in GraphQL: what they tell of themselves. Lists are in schema-queries.ts, changes in
// schema-mutations.ts, schema-secrets.ts and schema-standing.ts.
import { builder } from '../graphql/builder.js';
import { accountFor } from '../graphql/context-type.js';
import { livingAfter } from '../lib/living.js';
import { splitWords } from '../lib/scope.js';
import { logoPath } from './logo.js';
import type { GrantType, Lifetimes, ResponseMode } from './metadata.js';
import { mostSecrets } from './rotation.js';
import {
  ConsentModeEnum,
  GrantTypeEnum,
  OAuthClientTypeEnum,
  ResponseModeEnum,
  SigningAlgorithmEnum,
  TokenEndpointAuthMethodEnum,
} from './schema-enums.js';

export const OAuthClientSecretNode = builder.prismaNode('OAuthClientSecret', {
  description: 'A client secret, of which only a hash is kept: it can be told apart, but not read.',
  id: { field: 'id', description: 'The id, also for `node`.' },
  findUnique: (id, context) => ({
    id,
    revokedAt: null,
    client: { accountId: accountFor(context, 'OAUTH_CLIENT_READ') },
  }),
  nullable: true,
  fields: (t) => ({
    hint: t.exposeString('hint', { description: 'The last four characters of the secret.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    createdBy: t.relation('createdBy', { nullable: true, description: 'Who created it; null when they are gone.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it stops working; null for never.',
    }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to within seconds; null when never.',
    }),
  }),
});

const TokenLifetimes = builder.objectRef<Lifetimes>('TokenLifetimes').implement({
  description: 'How long the tokens of a client live.',
  fields: (t) => ({
    accessTokenSeconds: t.exposeInt('accessTokenSeconds', { description: 'Access tokens, in seconds.' }),
    refreshTokenSeconds: t.exposeInt('refreshTokenSeconds', {
      description: 'Refresh tokens from sign-in to their end, however often they are used, in seconds.',
    }),
    refreshTokenIdleSeconds: t.exposeInt('refreshTokenIdleSeconds', {
      description: 'Refresh tokens that are not used, in seconds.',
    }),
    idTokenSeconds: t.exposeInt('idTokenSeconds', { description: 'ID tokens, in seconds.' }),
  }),
});

export const OAuthClientNode = builder.prismaNode('OAuthClient', {
  description:
    'An application that the account registered: people sign in to it with Latchkey, or it calls APIs by itself.',
  id: { field: 'id', description: 'The id, also for `node`. Not the OAuth client_id.' },
  findUnique: (id, context) => ({ id, accountId: accountFor(context, 'OAUTH_CLIENT_READ') }),
  nullable: true,
  authScopes: { permission: 'OAUTH_CLIENT_READ' },
  // Of some forty columns, those that are asked for.
  select: { id: true },
  fields: (t) => ({
    clientId: t.exposeString('clientId', { description: 'The OAuth `client_id`, which the application sends.' }),
    account: t.relation('account', { description: 'The account that registered it.' }),
    name: t.exposeString('name', { description: 'What people see when they are asked for consent.' }),
    description: t.exposeString('description', { nullable: true, description: 'A note for the account’s admins.' }),
    type: t.expose('type', {
      type: OAuthClientTypeEnum,
      description: 'Whether it can keep a secret, and where it runs.',
    }),
    logoUrl: t.expose('logoUrl', {
      type: 'URL',
      nullable: true,
      description: 'Where its logo was fetched from. To show the logo, use `logoImageUrl`.',
    }),
    logoImageUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'Where Latchkey serves its copy of the logo, as the consent page shows it; null without a logo.',
      select: { id: true, logo: { select: { hash: true } } },
      resolve: ({ id, logo }, _args, { deps }) => (logo ? `${deps.config.issuer}${logoPath(id, logo.hash)}` : null),
    }),
    homepageUrl: t.expose('homepageUrl', { type: 'URL', nullable: true, description: 'The application’s web site.' }),
    policyUrl: t.expose('policyUrl', { type: 'URL', nullable: true, description: 'Its privacy policy.' }),
    termsUrl: t.expose('termsUrl', { type: 'URL', nullable: true, description: 'Its terms of service.' }),
    redirectUris: t.stringList({
      description: 'Where people may be sent back to, compared byte for byte.',
      select: { redirectUris: { orderBy: { position: 'asc' } } },
      resolve: ({ redirectUris }) => redirectUris.map(({ uri }) => uri),
    }),
    postLogoutRedirectUris: t.stringList({
      description: 'Where people may be sent after signing out, compared byte for byte.',
      select: { postLogoutRedirectUris: true },
      resolve: ({ postLogoutRedirectUris }) => splitWords(postLogoutRedirectUris),
    }),
    allowedOrigins: t.stringList({
      description: 'The origins of its pages, which may call the protocol endpoints from a browser.',
      select: { allowedOrigins: true },
      resolve: ({ allowedOrigins }) => splitWords(allowedOrigins),
    }),
    backchannelLogoutUri: t.exposeString('backchannelLogoutUri', {
      nullable: true,
      description:
        'Where it is told that a person signed out, by a logout_token that names them and the session (OpenID Connect Back-Channel Logout); null when nowhere. What it does not take for a day is in the audit log as BACKCHANNEL_LOGOUT_FAILED.',
    }),
    jwks: t.exposeString('jwks', {
      nullable: true,
      description:
        'Its public keys as a JSON Web Key Set, with which PRIVATE_KEY_JWT is checked; null when there are none.',
    }),
    jwksUri: t.exposeString('jwksUri', {
      nullable: true,
      description: 'Where its public keys are fetched from instead; null when from nowhere.',
    }),
    grantTypes: t.field({
      type: [GrantTypeEnum],
      description: 'The ways in which it may get tokens.',
      select: { grantTypes: true },
      resolve: ({ grantTypes }) => splitWords(grantTypes) as GrantType[],
    }),
    scopes: t.stringList({
      description: 'The scopes that it may ask for.',
      select: { scopes: true },
      resolve: ({ scopes }) => splitWords(scopes),
    }),
    tokenEndpointAuthMethod: t.expose('tokenEndpointAuthMethod', {
      type: TokenEndpointAuthMethodEnum,
      description: 'How it proves itself at the token endpoint: in this way only.',
    }),
    requirePkce: t.exposeBoolean('requirePkce', { description: 'Whether every sign-in must use PKCE.' }),
    consentMode: t.expose('consentMode', { type: ConsentModeEnum, description: 'When people are asked for consent.' }),
    idTokenSigningAlgorithm: t.expose('idTokenSigningAlgorithm', {
      type: SigningAlgorithmEnum,
      description: 'How its ID tokens are signed.',
    }),
    accessTokenSigningAlgorithm: t.expose('accessTokenSigningAlgorithm', {
      type: SigningAlgorithmEnum,
      description: 'How its access tokens for Latchkey are signed. An API resource says how those for it are.',
    }),
    userinfoSigningAlgorithm: t.expose('userinfoSigningAlgorithm', {
      type: SigningAlgorithmEnum,
      nullable: true,
      description: 'How the answers of userinfo to it are signed; null when they are plain JSON.',
    }),
    responseModes: t.field({
      type: [ResponseModeEnum],
      description: 'How the answers to its authorization requests may travel.',
      select: { responseModes: true },
      resolve: (client) => splitWords(client.responseModes) as ResponseMode[],
    }),
    lifetimes: t.field({
      type: TokenLifetimes,
      description: 'How long its tokens live.',
      select: {
        accessTokenSeconds: true,
        refreshTokenSeconds: true,
        refreshTokenIdleSeconds: true,
        idTokenSeconds: true,
      },
      resolve: (client) => client,
    }),
    secrets: t.relation('secrets', {
      description: 'Its living secrets, newest first, at most five: what can be told of them.',
      complexity: { field: 1, multiplier: mostSecrets },
      query: (_args, { deps }) => ({
        where: livingAfter(deps.clock()),
        orderBy: { id: 'desc' },
      }),
    }),
    createdBy: t.relation('createdBy', {
      nullable: true,
      description: 'Who registered it; null when they are gone, or an operator did.',
    }),
    version: t.exposeInt('version', {
      description: 'Counts changes; pass it to `updateOAuthClient` so as not to overwrite somebody else’s.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last got tokens or signed somebody in, to within seconds; null when never.',
    }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is disabled; null while it works.',
    }),
    verifiedAt: t.expose('verifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When an operator verified it; null while only members of its own account can sign in through it.',
    }),
    viewerCanEdit: t.boolean({
      description: 'Whether the caller may change it.',
      resolve: (_client, _args, { caller }) => caller?.permissions.includes('OAUTH_CLIENT_WRITE') ?? false,
    }),
  }),
});
