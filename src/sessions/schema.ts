// Sessions in GraphQL: where a member is signed in, for themselves and for an admin, never for an app. Ending them is in
// schema-mutations.ts.
import { builder } from '../graphql/builder.js';
import { type ConnectionArguments, costOfPage, totalCountField } from '../graphql/connections.js';
import { actsDirectly, type GraphQLContext, requireCaller } from '../graphql/context-type.js';
import { ownedConnection } from '../graphql/owned-lists.js';
import { splitWords } from '../lib/scope.js';
import { nameOfBrowser } from '../lib/user-agent.js';
import { seesAllOf } from '../members/schema.js';
import { Viewer } from '../members/schema-viewer.js';
import { livingAt, sessionsOfMembers, sessionsWithin } from './elsewhere.js';

const SessionNode = builder.prismaNode('Session', {
  description:
    'A browser in which a member is signed in. Members see their own, OWNER and ADMIN those of their members; no app sees any.',
  id: { field: 'id', description: 'The id, also for `node`; the `sid` of ID tokens and logout tokens.' },
  findUnique: (id, { caller, deps }) =>
    caller === null || !actsDirectly(caller)
      ? { id: '' }
      : { id, ...livingAt(deps.clock()), ...sessionsWithin(caller) },
  nullable: true,
  authScopes: { direct: true },
  fields: (t) => ({
    isCurrent: t.boolean({
      description: 'Whether the caller asks in this very session.',
      select: { id: true },
      resolve: ({ id }, _args, { caller }) => caller?.session?.id === id,
    }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'The network address of the sign-in; null when it was not known.',
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the browser called itself; null when it did not.',
    }),
    browser: t.string({
      description: 'The same in plain words, such as “Firefox on Windows”.',
      select: { userAgent: true },
      resolve: ({ userAgent }) => nameOfBrowser(userAgent),
    }),
    signedInAt: t.field({
      type: 'DateTime',
      description: 'When the member last signed in in it.',
      select: { authenticatedAt: true },
      resolve: ({ authenticatedAt }) => authenticatedAt,
    }),
    lastActiveAt: t.expose('lastActiveAt', {
      type: 'DateTime',
      description: 'When it was last used, to within a minute.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends if it is not used any more.',
      select: { expiresAt: true, idleExpiresAt: true },
      resolve: ({ expiresAt, idleExpiresAt }) => (idleExpiresAt < expiresAt ? idleExpiresAt : expiresAt),
    }),
    methods: t.stringList({
      description: 'How the member proved who they are: Authentication Method References (RFC 8176), such as `pwd`.',
      select: { methods: true },
      resolve: ({ methods }) => splitWords(methods),
    }),
  }),
});

const SessionConnection = builder.connectionObject(
  {
    type: SessionNode,
    name: 'SessionConnection',
    description: 'A page of sessions.',
    fields: (t) => ({
      totalCount: t.int(totalCountField()),
    }),
  },
  { name: 'SessionEdge', description: 'A session at its place in the list.' },
);

function sessionsOf(
  memberId: string,
  args: ConnectionArguments,
  context: GraphQLContext,
  info: Parameters<typeof ownedConnection>[1],
) {
  const { db, clock } = context.deps;
  return ownedConnection(context, info, args, memberId, {
    kind: 'session',
    rows: sessionsOfMembers,
    find: (ids, selection) =>
      db.session.findMany({ ...selection, where: { id: { in: [...ids] }, ...livingAt(clock()) } }),
    async count(memberIds) {
      const where = { memberId: { in: [...memberIds] }, ...livingAt(clock()) };
      const groups = await db.session.groupBy({ by: ['memberId'], where, _count: { _all: true } });
      return new Map(groups.map((group) => [group.memberId, group._count._all]));
    },
  });
}

builder.prismaObjectField('Member', 'sessions', (t) =>
  t.connection(
    {
      type: SessionNode,
      nullable: true,
      description:
        'Where they are signed in, the newest first. Themselves, OWNER and ADMIN see it; null for the others, and for every OAuth token.',
      complexity: costOfPage,
      select: { id: true },
      resolve: (member, args, context, info) =>
        seesAllOf(member, context) && actsDirectly(requireCaller(context))
          ? sessionsOf(member.id, args, context, info)
          : null,
    },
    SessionConnection,
  ),
);

builder.objectField(Viewer, 'sessions', (t) =>
  t.connection(
    {
      type: SessionNode,
      nullable: true,
      description:
        'Where the member is signed in, the newest first. Needs a browser session or an API token, never an OAuth token.',
      authScopes: { direct: true },
      complexity: costOfPage,
      resolve: (caller, args, context, info) => sessionsOf(caller.memberId, args, context, info),
    },
    SessionConnection,
  ),
);
