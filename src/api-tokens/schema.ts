// API tokens in GraphQL: what they tell of themselves, and the list. Changes are in schema-mutations.ts.
import { builder } from '../graphql/builder.js';
import { costOfPage, pageOf, selectionOfRows, totalCountField } from '../graphql/connections.js';
import { accountFor, type GraphQLContext, mayManageCredentials } from '../graphql/context-type.js';
import { RoleEnum } from '../graphql/enums.js';
import { idOrNobody } from '../lib/ids.js';
import { livingAfter } from '../lib/living.js';

/** Members see their own tokens; those who may see all see their account's. */
function visibleTokens(context: GraphQLContext) {
  const { caller } = context;
  if (!caller) return { accountId: '' };
  if (caller.permissions.includes('API_TOKEN_READ_ALL')) return { accountId: caller.accountId };
  return { accountId: accountFor(context, null), ownerId: caller.memberId };
}

export const ApiTokenNode = builder.prismaNode('ApiToken', {
  description: 'A token that calls this API for its owner. The token itself is shown once, when it is created.',
  id: { field: 'id', description: 'The id, also for `node`.' },
  findUnique: (id, context) => ({ id, revokedAt: null, ...visibleTokens(context) }),
  nullable: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What its creator called it.' }),
    hint: t.exposeString('hint', { description: 'The last four characters of the token.' }),
    role: t.expose('role', {
      type: RoleEnum,
      description: 'The most that it can do; never more than its owner may at the moment.',
    }),
    isService: t.exposeBoolean('isService', {
      description: 'Whether it belongs to a service rather than to a person’s own use.',
    }),
    owner: t.relation('owner', { description: 'The member whose rights it uses.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
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
    isCurrent: t.boolean({
      description: 'Whether the caller presented this very token.',
      select: { id: true },
      resolve: ({ id }, _args, { caller }) => caller?.apiTokenId === id,
    }),
    viewerCanEdit: t.boolean({
      description: 'Whether the caller may revoke it. Whoever sees it may, with a credential that can manage tokens.',
      resolve: (_token, _args, { caller }) => caller !== null && mayManageCredentials(caller),
    }),
  }),
});

const ApiTokenFilter = builder.inputType('ApiTokenFilter', {
  description: 'Which API tokens to show. All that is given must hold.',
  fields: (t) => ({
    ownerId: t.id({ description: 'Those of this member.' }),
    isService: t.boolean({ description: 'true: those of services; false: personal ones.' }),
  }),
});

builder.queryField('apiTokens', (t) =>
  t.connection(
    {
      type: ApiTokenNode,
      nullable: true,
      description:
        'Living API tokens, newest first: all of the account for OWNER and ADMIN, one’s own for the others. Expired and revoked ones are not shown.',
      authScopes: { caller: true },
      complexity: costOfPage,
      args: { filter: t.arg({ type: ApiTokenFilter, description: 'Which ones; all when left out.' }) },
      resolve: async (_root, args, context, info) => {
        const { db, clock } = context.deps;
        const { ownerId, isService } = args.filter ?? {};
        const page = pageOf('apiToken', args, { name: 'CREATED_AT', direction: 'desc' });
        const where = {
          AND: [
            visibleTokens(context),
            ownerId == null ? {} : { ownerId: idOrNobody('member', ownerId) },
            isService == null ? {} : { isService },
          ],
          ...livingAfter(clock()),
        };
        const rows = await db.apiToken.findMany({
          ...selectionOfRows(context, info),
          where: { AND: [where, page.where] },
          orderBy: [...page.orderBy],
          take: page.take,
        });
        return { ...page.connection(rows), count: () => db.apiToken.count({ where }) };
      },
    },
    {
      name: 'ApiTokenConnection',
      description: 'A page of API tokens.',
      fields: (connection) => ({
        totalCount: connection.int(totalCountField(', as the filter has them')),
      }),
    },
    { name: 'ApiTokenEdge', description: 'An API token at its place in the list.' },
  ),
);
