// Connected apps in GraphQL: what a member allowed a client, by member, by client and for the caller. Taking one back is in
// schema-mutations.ts.
import { inPlainWords } from '../api-resources/allowed.js';
import { findApisNamed } from '../api-resources/find.js';
import { logoPath } from '../clients/logo.js';
import { OAuthClientNode } from '../clients/schema.js';
import { builder } from '../graphql/builder.js';
import { type ConnectionArguments, costOfPage, totalCountField } from '../graphql/connections.js';
import { type GraphQLContext, mayManageCredentials, requireCaller } from '../graphql/context-type.js';
import { namedRow, ownedConnection } from '../graphql/owned-lists.js';
import { Scope } from '../graphql/scope.js';
import { together } from '../graphql/together.js';
import { redirectHost } from '../lib/redirect-uri.js';
import { splitWords } from '../lib/scope.js';
import { MemberNode, seesAllOf } from '../members/schema.js';
import { Viewer } from '../members/schema-viewer.js';
import { consentsOfClients, consentsOfMembers, consentsWithin } from './connected-apps.js';
import { allowedBy } from './service.js';

interface AppParts {
  readonly id: string;
  readonly name: string;
  readonly homepageUrl: string | null;
  readonly policyUrl: string | null;
  readonly termsUrl: string | null;
  readonly verifiedAt: Date | null;
  readonly account: { readonly name: string };
  readonly logo: { readonly hash: string } | null;
  readonly redirectUris: readonly { readonly uri: string }[];
}

const ConnectedApp = builder.objectRef<AppParts>('ConnectedApp').implement({
  description: 'An app as the people who allowed it know it: what the consent page says of it, and no more.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it calls itself.' }),
    publisher: t.string({
      description: 'The name of the account that published it.',
      resolve: ({ account }) => account.name,
    }),
    isVerified: t.boolean({
      description: 'Whether an operator verified it.',
      resolve: ({ verifiedAt }) => verifiedAt !== null,
    }),
    logoImageUrl: t.field({
      type: 'URL',
      nullable: true,
      description: 'Where Latchkey serves its copy of the logo; null without a logo.',
      resolve: ({ id, logo }, _args, { deps }) => (logo ? `${deps.config.issuer}${logoPath(id, logo.hash)}` : null),
    }),
    homepageUrl: t.expose('homepageUrl', { type: 'URL', nullable: true, description: 'Its web site.' }),
    policyUrl: t.expose('policyUrl', { type: 'URL', nullable: true, description: 'Its privacy policy.' }),
    termsUrl: t.expose('termsUrl', { type: 'URL', nullable: true, description: 'Its terms of service.' }),
    hosts: t.stringList({
      description: 'The hosts that it leads people back to, or the schemes of an app on their own device.',
      resolve: ({ redirectUris }) => [...new Set(redirectUris.map(({ uri }) => redirectHost(uri)))],
    }),
  }),
});

/** What is told of an app. */
const appSelection = {
  id: true,
  name: true,
  homepageUrl: true,
  policyUrl: true,
  termsUrl: true,
  verifiedAt: true,
  account: { select: { name: true } },
  logo: { select: { hash: true } },
  redirectUris: { select: { uri: true }, orderBy: { position: 'asc' } },
} as const;

const ConsentNode = builder.prismaNode('Consent', {
  description:
    'What a member allowed an app, and did not take back: a connected app. Members see their own, OWNER and ADMIN those of their members and those given to their clients.',
  id: { field: 'id', description: 'The id, also for `node`.' },
  findUnique: (id, { caller }) => (caller === null ? { id: '' } : { id, revokedAt: null, ...consentsWithin(caller) }),
  nullable: true,
  fields: (t) => ({
    app: t.field({
      type: ConnectedApp,
      description: 'The app as people know it.',
      select: { client: { select: appSelection } },
      resolve: ({ client }) => client,
    }),
    subject: t.string({
      description:
        'Who allowed it: the `sub` of the app’s ID tokens, which is the id of the member. The same for members of other accounts, of whom nothing else is shown.',
      select: { memberId: true },
      resolve: ({ memberId }) => memberId,
    }),
    scopes: t.stringList({
      description: 'The scopes that were allowed, of Latchkey’s own. `allowed` has those at APIs as well.',
      select: { scopes: true },
      resolve: ({ scopes }) => [...allowedBy(splitWords(scopes)).here],
    }),
    allowed: t.field({
      type: [Scope],
      description:
        'All that was allowed, in the words of the consent page. An API that was allowed without scopes stands with its audience for a name.',
      select: { scopes: true, client: { select: { accountId: true } } },
      resolve: async ({ scopes, client }, _args, context, info) => {
        const given = allowedBy(splitWords(scopes));
        const audiences = given.there.map(({ audience }) => audience);
        const apis = await together(context, info, audiences, 'apis', async (all) => {
          const found = await findApisNamed(context.deps.db, all.flat());
          return () => found;
        });
        const own = apis.filter(({ accountId }) => accountId === client.accountId);
        return inPlainWords(given, own).map(({ api, ...scope }) => ({ ...scope, audience: api?.audience ?? null }));
      },
    }),
    consentedAt: t.expose('consentedAt', { type: 'DateTime', description: 'When it was last allowed something.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last signed in to or got tokens, to within seconds; null when never.',
    }),
    viewerCanEdit: t.boolean({
      description: 'Whether the caller may take it back. Whoever sees it may, with a credential that can.',
      resolve: (_consent, _args, { caller }) => caller !== null && mayManageCredentials(caller),
    }),
  }),
});

builder.prismaObjectFields('Consent', (t) => ({
  oauthClient: t.field({
    type: OAuthClientNode,
    nullable: true,
    description:
      'The client that the app is. OWNER and ADMIN see it when it is one of their account’s; null for the others.',
    select: { clientId: true },
    resolve: ({ clientId }, _args, context, info) => {
      const { permissions, accountId } = requireCaller(context);
      if (!permissions.includes('OAUTH_CLIENT_READ')) return null;
      return namedRow(context, info, clientId, (ids, selection) =>
        context.deps.db.oAuthClient.findMany({ ...selection, where: { id: { in: [...ids] }, accountId } }),
      );
    },
  }),
  member: t.field({
    type: MemberNode,
    nullable: true,
    description: 'Who allowed it; null when they are a member of another account: `subject` tells them apart.',
    select: { memberId: true },
    resolve: ({ memberId }, _args, context, info) => {
      const { accountId } = requireCaller(context);
      return namedRow(context, info, memberId, (ids, selection) =>
        context.deps.db.member.findMany({ ...selection, where: { id: { in: [...ids] }, accountId } }),
      );
    },
  }),
}));

const ConsentConnection = builder.connectionObject(
  {
    type: ConsentNode,
    name: 'ConsentConnection',
    description: 'A page of connected apps.',
    fields: (t) => ({
      totalCount: t.int(totalCountField()),
    }),
  },
  { name: 'ConsentEdge', description: 'A connected app at its place in the list.' },
);

type Args = ConnectionArguments;
type Info = Parameters<typeof ownedConnection>[1];

function consentsOf(column: 'memberId' | 'clientId', ownerId: string, args: Args, context: GraphQLContext, info: Info) {
  const { db } = context.deps;
  return ownedConnection(context, info, args, ownerId, {
    kind: 'consent',
    rows: column === 'memberId' ? consentsOfMembers : consentsOfClients,
    find: (ids, selection) => db.consent.findMany({ ...selection, where: { id: { in: [...ids] }, revokedAt: null } }),
    async count(ownerIds) {
      const where = { [column]: { in: [...ownerIds] }, revokedAt: null };
      const groups = await db.consent.groupBy({ by: [column], where, _count: { _all: true } });
      return new Map(groups.map((group) => [group[column], group._count._all]));
    },
  });
}

builder.prismaObjectField('Member', 'connectedApps', (t) =>
  t.connection(
    {
      type: ConsentNode,
      nullable: true,
      description:
        'The apps that they allowed something, newest first. Themselves, OWNER and ADMIN see them; null for the others.',
      complexity: costOfPage,
      select: { id: true },
      resolve: (member, args, context, info) =>
        seesAllOf(member, context) ? consentsOf('memberId', member.id, args, context, info) : null,
    },
    ConsentConnection,
  ),
);

builder.prismaObjectField('OAuthClient', 'consents', (t) =>
  t.connection(
    {
      type: ConsentNode,
      description: 'Who allowed it what, also members of other accounts; newest first.',
      complexity: costOfPage,
      select: { id: true },
      resolve: (client, args, context, info) => consentsOf('clientId', client.id, args, context, info),
    },
    ConsentConnection,
  ),
);

builder.objectField(Viewer, 'connectedApps', (t) =>
  t.connection(
    {
      type: ConsentNode,
      description: 'The apps that the member allowed something, newest first.',
      complexity: costOfPage,
      resolve: (caller, args, context, info) => consentsOf('memberId', caller.memberId, args, context, info),
    },
    ConsentConnection,
  ),
);
