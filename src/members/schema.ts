// Members in GraphQL, and the viewer: who is calling, with what.
import { builder } from '../graphql/builder.js';
import { accountFor, type Caller, type GraphQLContext } from '../graphql/context-type.js';
import { PermissionEnum, RoleEnum } from '../graphql/enums.js';

const MemberStatus = builder.enumType('MemberStatus', {
  description: 'Whether a member can sign in.',
  values: {
    INVITED: { description: 'Has not accepted the invitation yet.' },
    ACTIVE: { description: 'Can sign in.' },
    SUSPENDED: { description: 'Cannot sign in; tokens and sessions have ended.' },
  } as const,
});

/** READER and WRITER see the names of their colleagues, and all of themselves. */
function seesAllOf(member: { readonly id: string }, { caller }: GraphQLContext): boolean {
  return member.id === caller?.memberId || (caller?.permissions.includes('MEMBER_WRITE') ?? false);
}

builder.prismaNode('Member', {
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
  }),
});

const Viewer = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is calling, with what, and what they may do.',
  fields: (t) => ({
    member: t.prismaField({
      type: 'Member',
      nullable: true,
      description: 'The member whose rights are used.',
      resolve: (query, caller, _args, { deps }) =>
        deps.db.member.findUnique({ ...query, where: { id: caller.memberId, accountId: caller.accountId } }),
    }),
    apiToken: t.prismaField({
      type: 'ApiToken',
      nullable: true,
      description: 'The API token that the caller presented; null when it presented something else.',
      resolve: (query, caller, _args, { deps }) =>
        caller.apiTokenId === null
          ? null
          : deps.db.apiToken.findUnique({ ...query, where: { id: caller.apiTokenId, accountId: caller.accountId } }),
    }),
    oauthClient: t.prismaField({
      type: 'OAuthClient',
      nullable: true,
      description:
        'The OAuth client whose access token the caller presented; null when it presented something else, or the client is of another account.',
      authScopes: { permission: 'OAUTH_CLIENT_READ' },
      resolve: (query, caller, _args, { deps }) =>
        caller.oauthClientId === null
          ? null
          : deps.db.oAuthClient.findUnique({
              ...query,
              where: { id: caller.oauthClientId, accountId: caller.accountId },
            }),
    }),
    role: t.field({
      type: RoleEnum,
      nullable: true,
      description: 'The role that counts now: the member’s, or less where the token says so.',
      resolve: ({ role }) => role,
    }),
    scopes: t.stringList({
      description: 'The scopes of an OAuth access token; empty for a session or an API token.',
      resolve: ({ scopes }) => [...scopes],
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description: 'What the role lets the caller do.',
      resolve: ({ permissions }) => [...permissions],
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'Who is calling; null for an anonymous caller.',
    resolve: (_root, _args, { caller }) => caller,
  }),
);
