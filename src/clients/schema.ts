// OAuth clients in GraphQL: what can be read. Mutations are in schema-mutations.ts.
import { builder } from '../graphql/builder.js';
import { newestFirst } from '../graphql/connections.js';
import { accountFor, requireCaller } from '../graphql/context-type.js';
import { apiError } from '../graphql/errors.js';
import { splitWords } from '../lib/scope.js';
import type { GrantType, Lifetimes } from './metadata.js';
import { whereNamed } from './reference.js';
import {
  ConsentModeEnum,
  GrantTypeEnum,
  OAuthClientTypeEnum,
  SigningAlgorithmEnum,
  TokenEndpointAuthMethodEnum,
} from './schema-enums.js';

builder.prismaNode('OAuthClientSecret', {
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
  fields: (t) => ({
    clientId: t.exposeString('clientId', { description: 'The OAuth `client_id`, which the application sends.' }),
    account: t.relation('account', { description: 'The account that registered it.' }),
    name: t.exposeString('name', { description: 'What people see when they are asked for consent.' }),
    description: t.exposeString('description', { nullable: true, description: 'A note for the account’s admins.' }),
    type: t.expose('type', {
      type: OAuthClientTypeEnum,
      description: 'Whether it can keep a secret, and where it runs.',
    }),
    homepageUrl: t.expose('homepageUrl', { type: 'URL', nullable: true, description: 'The application’s web site.' }),
    policyUrl: t.expose('policyUrl', { type: 'URL', nullable: true, description: 'Its privacy policy.' }),
    termsUrl: t.expose('termsUrl', { type: 'URL', nullable: true, description: 'Its terms of service.' }),
    redirectUris: t.stringList({
      description: 'Where people may be sent back to, compared byte for byte.',
      select: { redirectUris: { orderBy: { position: 'asc' } } },
      resolve: ({ redirectUris }) => redirectUris.map(({ uri }) => uri),
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
      description: 'Its living secrets, newest first: what can be told of them.',
      query: (_args, { deps }) => ({
        where: { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: deps.clock() } }] },
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
  }),
});

builder.queryFields((t) => ({
  oauthClients: t.prismaConnection(
    {
      type: 'OAuthClient',
      cursor: 'id',
      nullable: true,
      description: 'The account’s OAuth clients, newest first. Needs OWNER or ADMIN.',
      authScopes: { permission: 'OAUTH_CLIENT_READ' },
      resolve: (query, _root, args, context) => {
        const { page, where } = newestFirst('oauthClient', query, args);
        const { accountId } = requireCaller(context);
        return context.deps.db.oAuthClient.findMany({
          ...page,
          where: { ...where, accountId },
          orderBy: { id: 'desc' },
        });
      },
    },
    {
      name: 'OAuthClientConnection',
      description: 'A page of OAuth clients.',
      fields: (connection) => ({
        totalCount: connection.int({
          description: 'How many there are on all pages. Counted only when asked for.',
          resolve: (_page, _args, context) =>
            context.deps.db.oAuthClient.count({ where: { accountId: accountFor(context, 'OAUTH_CLIENT_READ') } }),
        }),
      }),
    },
    { name: 'OAuthClientEdge', description: 'An OAuth client at its place in the list.' },
  ),
  oauthClient: t.prismaField({
    type: 'OAuthClient',
    nullable: true,
    description:
      'One OAuth client of the account by `id` or `clientId`; null when there is none. Needs OWNER or ADMIN.',
    authScopes: { permission: 'OAUTH_CLIENT_READ' },
    args: {
      id: t.arg.id({ description: 'Its id.' }),
      clientId: t.arg.string({ description: 'Its OAuth client_id.' }),
    },
    resolve: (query, _root, { id, clientId }, context) => {
      const named = whereNamed({ id, clientId });
      if (named === null) throw apiError('BAD_USER_INPUT', 'Give id or clientId.');
      const where = { accountId: requireCaller(context).accountId, ...named };
      return context.deps.db.oAuthClient.findFirst({ ...query, where });
    },
  }),
}));
