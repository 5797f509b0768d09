// Members in GraphQL: what they tell of themselves, and the list. The viewer is in schema-viewer.ts.
import { builder } from '../graphql/builder.js';
import { costOfPage, pageOf, selectionOfRows, totalCountField } from '../graphql/connections.js';
import { accountFor, type GraphQLContext, mayManageCredentials, requireCaller } from '../graphql/context-type.js';
import { OrderDirection, RoleEnum } from '../graphql/enums.js';
import { apiError } from '../graphql/errors.js';
import { longestSearch } from '../lib/search-words.js';
import { memberOrders, whereMembers } from './list.js';

const MemberStatus = builder.enumType('MemberStatus', {
  description: 'Whether a member can sign in.',
  values: {
    INVITED: { description: 'Has not accepted the invitation yet.' },
    ACTIVE: { description: 'Can sign in.' },
    SUSPENDED: { description: 'Cannot sign in; tokens and sessions have ended.' },
  } as const,
});

/** Admins see and change all of a member. */
function mayManage({ caller }: GraphQLContext): boolean {
  return caller?.permissions.includes('MEMBER_WRITE') ?? false;
}

/** READER and WRITER see the names of their colleagues, and all of themselves. */
export function seesAllOf(member: { readonly id: string }, context: GraphQLContext): boolean {
  return member.id === context.caller?.memberId || mayManage(context);
}

export const MemberNode = builder.prismaNode('Member', {
  description: 'A person who signs in. The id is the `sub` of their ID tokens.',
  id: { field: 'id', description: 'The id, also for `node`, and the OpenID Connect `sub`.' },
  findUnique: (id, context) => ({ id, accountId: accountFor(context, 'MEMBER_READ') }),
  nullable: true,
  fields: (t) => ({
    email: t.string({
      nullable: true,
      description:
        'The e-mail address that they sign in with. Themselves, OWNER and ADMIN see it; null for the others.',
      select: { id: true, email: true },
      resolve: (member, _args, context) => (seesAllOf(member, context) ? member.email : null),
    }),
    emailVerified: t.boolean({
      description: 'Whether the address is known to be theirs.',
      select: { emailVerifiedAt: true },
      resolve: ({ emailVerifiedAt }) => emailVerifiedAt !== null,
    }),
    name: t.exposeString('name', { nullable: true, description: 'Their name; null when they gave none.' }),
    role: t.expose('role', { type: RoleEnum, description: 'What they may do in the account.' }),
    status: t.expose('status', { type: MemberStatus, description: 'Whether they can sign in.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they became a member.' }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When they last used Latchkey, to within seconds; null before the first time. Themselves, OWNER and ADMIN see it; null for the others.',
      select: { id: true, lastSeenAt: true },
      resolve: (member, _args, context) => (seesAllOf(member, context) ? member.lastSeenAt : null),
    }),
    invitationExpiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Until when the invitation can be accepted; null for members who are not INVITED. OWNER and ADMIN see it; null for the others.',
      select: { invitation: { select: { expiresAt: true } } },
      resolve: ({ invitation }, _args, context) => (mayManage(context) ? (invitation?.expiresAt ?? null) : null),
    }),
    viewerCanEdit: t.boolean({
      description:
        'Whether the caller may change their role, suspend and remove them, with a credential that can: never the owner.',
      select: { ownerOf: true },
      resolve: ({ ownerOf }, _args, context) =>
        ownerOf === null && mayManage(context) && mayManageCredentials(requireCaller(context)),
    }),
  }),
});

builder.prismaObjectField('Member', 'invitedBy', (t) =>
  t.field({
    type: MemberNode,
    nullable: true,
    description:
      'Who invited them; null for members who were not invited, or whose inviter has left. OWNER and ADMIN see it; null for the others.',
    select: (_args, _context, nestedSelection) => ({ invitedBy: nestedSelection(true) }),
    resolve: ({ invitedBy }, _args, context) => (mayManage(context) ? invitedBy : null),
  }),
);

const MemberFilter = builder.inputType('MemberFilter', {
  description: 'Which members to show. All that is given must hold.',
  fields: (t) => ({
    search: t.string({
      description:
        'Words, each of which is somewhere in the name, or in the e-mail address for OWNER and ADMIN. Case does not count.',
    }),
    role: t.field({ type: RoleEnum, description: 'Those of this role.' }),
    status: t.field({ type: MemberStatus, description: 'Those of this status.' }),
  }),
});

const MemberOrderField = builder.enumType('MemberOrderField', {
  description: 'What members can be sorted by.',
  values: {
    CREATED_AT: { description: 'When they became members, or were invited.' },
    NAME: { description: 'Their names, whatever the case; those without one first.' },
    LAST_SEEN_AT: {
      description: 'When they last used Latchkey; those who never did first. For OWNER and ADMIN alone.',
    },
  } as const,
});

const MemberOrder = builder.inputType('MemberOrder', {
  description: 'In which order to show members.',
  fields: (t) => ({
    field: t.field({ type: MemberOrderField, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: OrderDirection,
      required: true,
      defaultValue: 'ASC',
      description: 'Which way. ASC by default: the first member first.',
    }),
  }),
});

builder.queryField('members', (t) =>
  t.connection(
    {
      type: MemberNode,
      nullable: true,
      description: 'The account’s members, the first one first unless `orderBy` says otherwise.',
      authScopes: { permission: 'MEMBER_READ' },
      complexity: costOfPage,
      args: {
        filter: t.arg({ type: MemberFilter, description: 'Which ones; all when left out.' }),
        orderBy: t.arg({ type: MemberOrder, description: 'In which order; the first one first when left out.' }),
      },
      resolve: async (_root, args, context, info) => {
        const { db } = context.deps;
        if ((args.filter?.search ?? '').length > longestSearch) {
          throw apiError('BAD_USER_INPUT', `filter.search can have at most ${longestSearch} characters.`);
        }
        const { field, direction } = args.orderBy ?? { field: 'CREATED_AT', direction: 'ASC' };
        if (field === 'LAST_SEEN_AT' && !mayManage(context)) {
          throw apiError('FORBIDDEN', 'Only OWNER and ADMIN see when members were last seen. Sort by another field.');
        }
        const column = memberOrders[field];
        const page = pageOf('member', args, {
          name: field,
          direction: direction === 'ASC' ? 'asc' : 'desc',
          ...(column === undefined ? {} : { column }),
        });
        const where = whereMembers(requireCaller(context).accountId, args.filter ?? {}, mayManage(context));
        const rows = await db.member.findMany({
          ...selectionOfRows(context, info),
          where: { AND: [where, page.where] },
          orderBy: [...page.orderBy],
          take: page.take,
        });
        return { ...page.connection(rows), count: () => db.member.count({ where }) };
      },
    },
    {
      name: 'MemberConnection',
      description: 'A page of members.',
      fields: (connection) => ({
        totalCount: connection.int(totalCountField(', as the filter has them')),
      }),
    },
    { name: 'MemberEdge', description: 'A member at its place in the list.' },
  ),
);
