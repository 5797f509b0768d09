// API resources in GraphQL: what they tell of themselves, and the list. Changes are in schema-mutations.ts.
import { OAuthClientNode } from '../clients/schema.js';
import { SigningAlgorithmEnum } from '../clients/schema-enums.js';
import { builder } from '../graphql/builder.js';
import { costOfPage, pageOf, selectionOfRows, totalCountField } from '../graphql/connections.js';
import { accountFor, requireCaller } from '../graphql/context-type.js';
import { Scope } from '../graphql/scope.js';
import { readScopes } from './find.js';
import { mostIntrospectors } from './rules.js';

export const ApiResourceNode = builder.prismaNode('ApiResource', {
  description:
    'An API of the account that access tokens can be for (RFC 8707). Apps name it as `resource`, and the tokens name it as `aud`.',
  id: { field: 'id', description: 'The id, also for `node`. Not the audience.' },
  findUnique: (id, context) => ({ id, accountId: accountFor(context, 'API_RESOURCE_READ') }),
  nullable: true,
  authScopes: { permission: 'API_RESOURCE_READ' },
  fields: (t) => ({
    audience: t.exposeString('audience', {
      description:
        'The URI that names the API: the `resource` of a request and the `aud` of a token. It never changes, and no other account has the same.',
    }),
    name: t.exposeString('name', { description: 'What the consent page calls the API.' }),
    scopes: t.field({
      type: [Scope],
      description: 'The scopes that a token for the API may carry.',
      select: { scopes: true, audience: true },
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ scopes, audience }) => readScopes(scopes).map((scope) => ({ ...scope, audience })),
    }),
    accessTokenSeconds: t.exposeInt('accessTokenSeconds', {
      description: 'How long access tokens for the API live, in seconds, whichever client they are issued to.',
    }),
    signingAlgorithm: t.expose('signingAlgorithm', {
      type: SigningAlgorithmEnum,
      description: 'How access tokens for the API are signed.',
    }),
    introspectionClients: t.field({
      type: [OAuthClientNode],
      description: `The OAuth clients that may ask /oauth/introspect about tokens for the API, beside those that the tokens were issued to: the API itself, as a client. At most ${mostIntrospectors}.`,
      complexity: { field: 1, multiplier: mostIntrospectors },
      select: (_args, _context, nestedSelection) => ({
        introspectors: { orderBy: { clientId: 'asc' }, select: { client: nestedSelection(true) } },
      }),
      // Clients are read in a statement of their own: one that was deleted between the two is missing.
      resolve: ({ introspectors }) => introspectors.map(({ client }) => client).filter((client) => client != null),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
  }),
});

builder.queryField('apiResources', (t) =>
  t.connection(
    {
      type: ApiResourceNode,
      nullable: true,
      description: 'The account’s API resources, newest first. Needs OWNER or ADMIN.',
      authScopes: { permission: 'API_RESOURCE_READ' },
      complexity: costOfPage,
      resolve: async (_root, args, context, info) => {
        const { db } = context.deps;
        const page = pageOf('apiResource', args, { name: 'CREATED_AT', direction: 'desc' });
        const where = { accountId: requireCaller(context).accountId };
        const rows = await db.apiResource.findMany({
          ...selectionOfRows(context, info),
          where: { AND: [where, page.where] },
          orderBy: [...page.orderBy],
          take: page.take,
        });
        return { ...page.connection(rows), count: () => db.apiResource.count({ where }) };
      },
    },
    {
      name: 'ApiResourceConnection',
      description: 'A page of API resources.',
      fields: (connection) => ({
        totalCount: connection.int(totalCountField()),
      }),
    },
    { name: 'ApiResourceEdge', description: 'An API resource at its place in the list.' },
  ),
);
