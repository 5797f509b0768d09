// Lists of OAuth clients in GraphQL, and one of them. What can be filtered and sorted by is in list.ts.
import { findScopesOfAccount } from '../api-resources/find.js';
import { builder } from '../graphql/builder.js';
import { costOfPage, pageOf, selectionOfRows, totalCountField } from '../graphql/connections.js';
import { requireCaller } from '../graphql/context-type.js';
import { OrderDirection } from '../graphql/enums.js';
import { apiError } from '../graphql/errors.js';
import { Scope } from '../graphql/scope.js';
import { knownScopes } from '../lib/scope.js';
import { longestSearch } from '../lib/search-words.js';
import { clientOrders, whereClients } from './list.js';
import { whereNamed } from './reference.js';
import { OAuthClientNode } from './schema.js';
import { GrantTypeEnum, OAuthClientTypeEnum } from './schema-enums.js';

const OAuthClientFilter = builder.inputType('OAuthClientFilter', {
  description: 'Which OAuth clients to show. All that is given must hold.',
  fields: (t) => ({
    search: t.string({
      description:
        'Words, each of which is somewhere in the name, the description or the client_id. Case does not count.',
    }),
    type: t.field({ type: OAuthClientTypeEnum, description: 'Those of this type.' }),
    grantType: t.field({ type: GrantTypeEnum, description: 'Those that may get tokens in this way.' }),
    disabled: t.boolean({ description: 'true: the disabled ones; false: those that work.' }),
    verified: t.boolean({ description: 'true: those that an operator verified; false: the others.' }),
    createdById: t.id({ description: 'Those that this member registered.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Those registered after this moment.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Those registered before this moment.' }),
  }),
});

const OAuthClientOrderField = builder.enumType('OAuthClientOrderField', {
  description: 'What OAuth clients can be sorted by.',
  values: {
    CREATED_AT: { description: 'When they were registered.' },
    NAME: { description: 'Their names, whatever the case.' },
    LAST_USED_AT: { description: 'When they were last used; those that never were are the oldest.' },
  } as const,
});

const OAuthClientOrder = builder.inputType('OAuthClientOrder', {
  description: 'In which order to show OAuth clients.',
  fields: (t) => ({
    field: t.field({ type: OAuthClientOrderField, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'DESC',
      description: 'Which way. DESC by default: the newest, or the last of the alphabet, first.',
    }),
  }),
});

builder.queryFields((t) => ({
  oauthClients: t.connection(
    {
      type: OAuthClientNode,
      nullable: true,
      description: 'The account’s OAuth clients, newest first unless `orderBy` says otherwise. Needs OWNER or ADMIN.',
      authScopes: { permission: 'OAUTH_CLIENT_READ' },
      complexity: costOfPage,
      args: {
        filter: t.arg({ type: OAuthClientFilter, description: 'Which ones; all when left out.' }),
        orderBy: t.arg({ type: OAuthClientOrder, description: 'In which order; newest first when left out.' }),
      },
      resolve: async (_root, args, context, info) => {
        if ((args.filter?.search ?? '').length > longestSearch) {
          throw apiError('BAD_USER_INPUT', `filter.search can have at most ${longestSearch} characters.`);
        }
        const { db } = context.deps;
        const { field, direction } = args.orderBy ?? { field: 'CREATED_AT', direction: 'DESC' };
        const column = clientOrders[field];
        const order = {
          name: field,
          direction: direction === 'ASC' ? 'asc' : 'desc',
          ...(column === undefined ? {} : { column }),
        } as const;
        const page = pageOf('oauthClient', args, order);
        const where = whereClients(requireCaller(context).accountId, args.filter ?? {});
        const rows = await db.oAuthClient.findMany({
          ...selectionOfRows(context, info, order),
          where: { AND: [where, page.where] },
          orderBy: [...page.orderBy],
          take: page.take,
        });
        return { ...page.connection(rows), count: () => db.oAuthClient.count({ where }) };
      },
    },
    {
      name: 'OAuthClientConnection',
      description: 'A page of OAuth clients.',
      fields: (connection) => ({
        totalCount: connection.int(totalCountField(', as the filter has them')),
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
  scopes: t.field({
    type: [Scope],
    nullable: true,
    description:
      'The scopes that a client can be registered for, with what each lets it do: Latchkey’s own first, then those of the account’s API resources.',
    authScopes: { caller: true },
    resolve: async (_root, _args, context) => {
      const own = Object.entries(knownScopes).map(([name, description]) => ({ name, description, audience: null }));
      return [...own, ...(await findScopesOfAccount(context.deps.db, requireCaller(context).accountId))];
    },
  }),
}));
