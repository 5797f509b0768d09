// The audit log in GraphQL: its entries, and who and what they are about. Which entries a filter lets through is list.ts's.
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { ApiTokenNode } from '../api-tokens/schema.js';
import { OAuthClientNode } from '../clients/schema.js';
import type { Db } from '../db/client.js';
import { builder } from '../graphql/builder.js';
import { costOfPage, pageOf } from '../graphql/connections.js';
import { accountFor, type GraphQLContext, requireCaller } from '../graphql/context-type.js';
import { type IdKind, kindOfId } from '../lib/ids.js';
import { MemberNode } from '../members/schema.js';
import { type AuditAction, auditActions } from './actions.js';
import { findEntries } from './list.js';
import type { AuditChange } from './service.js';

const actionValues = Object.entries(auditActions).map(([name, description]) => [name, { description }]);

const AuditActionEnum = builder.enumType('AuditAction', {
  description: 'What the audit log can say happened.',
  values: Object.fromEntries(actionValues) as Record<AuditAction, { description: string }>,
});

const AuditActorKind = builder.enumType('AuditActorKind', {
  description: 'What kind of actor did something.',
  values: {
    MEMBER: { description: 'A member, in a browser or through an OAuth client: then `viaClient` says which.' },
    API_TOKEN: { description: 'An API token, with the rights of its owner.' },
    OAUTH_CLIENT: { description: 'An OAuth client by itself.' },
    OPERATOR: { description: 'Whoever operates this installation, at its command line.' },
    SYSTEM: { description: 'Latchkey itself.' },
  } as const,
});

const AuditChangeType = builder.objectRef<AuditChange>('AuditChange').implement({
  description: 'One thing that was changed, as text. Never a secret.',
  fields: (t) => ({
    field: t.exposeString('field', { description: 'What was changed.' }),
    before: t.exposeString('before', { nullable: true, description: 'Its value before; null when it had none.' }),
    after: t.exposeString('after', { nullable: true, description: 'Its value since; null when it has none.' }),
  }),
});

const AuditActor = builder.unionType('AuditActor', {
  description: 'Who can act: what an `actorKind` other than OPERATOR and SYSTEM leads to.',
  types: [MemberNode, ApiTokenNode, OAuthClientNode],
});

/** Finds one row by id and account, with what is asked of it. */
type Find = (
  db: Db,
  where: { readonly id: string; readonly accountId: string },
  query: object,
) => Promise<object | null>;

/**
 * The things that entries name, found by id and account, so that nothing foreign ever shows. Prisma makes one statement of all
 * that one field asks for at once, since all ask alike. A revoked API token is found, too, though `node` hides it: whose it was
 * is what a reader of the log wants to know.
 */
const things: Partial<Record<IdKind, { readonly typename: string; readonly find: Find }>> = {
  account: {
    typename: 'Account',
    find: (db, { id, accountId }, query) =>
      db.account.findUnique({ ...query, where: { id: id === accountId ? id : '' } }),
  },
  member: { typename: 'Member', find: (db, where, query) => db.member.findUnique({ ...query, where }) },
  apiResource: { typename: 'ApiResource', find: (db, where, query) => db.apiResource.findUnique({ ...query, where }) },
  apiToken: { typename: 'ApiToken', find: (db, where, query) => db.apiToken.findUnique({ ...query, where }) },
  oauthClient: { typename: 'OAuthClient', find: (db, where, query) => db.oAuthClient.findUnique({ ...query, where }) },
};

/** What an entry names by its id, loaded for what is asked of it; null when it is gone, foreign or of no such kind. */
async function findNamed(
  id: string | null,
  kinds: readonly IdKind[],
  context: GraphQLContext,
  info: GraphQLResolveInfo,
): Promise<object | null> {
  const kind = id === null ? null : kindOfId(id);
  const thing = kind === null || !kinds.includes(kind) ? undefined : things[kind];
  if (id === null || thing === undefined) return null;
  const { typename, find } = thing;
  const query = queryFromInfo({ context, info, typeName: typename });
  const found = await find(context.deps.db, { id, accountId: requireCaller(context).accountId }, query);
  return found === null ? null : Object.assign(found, { __typename: typename });
}

const actorKinds = ['member', 'apiToken', 'oauthClient'] as const;
const targetKinds = ['account', 'apiResource', ...actorKinds] as const;

const AuditLogEntryNode = builder.prismaNode('AuditLogEntry', {
  description: 'One thing that happened in the account, written in the very step that it records, and never changed.',
  id: { field: 'id', description: 'The id, also for `node`.' },
  findUnique: (id, context) => ({ id, accountId: accountFor(context, 'AUDIT_LOG_READ') }),
  nullable: true,
  authScopes: { permission: 'AUDIT_LOG_READ' },
  fields: (t) => ({
    action: t.field({
      type: AuditActionEnum,
      description: 'What happened.',
      resolve: ({ action }) => action as AuditAction,
    }),
    actorKind: t.expose('actorKind', { type: AuditActorKind, description: 'What kind of actor it was.' }),
    actorLabel: t.exposeString('actorLabel', {
      description: 'Who it was, as they were called then: an e-mail address, the name of a token or of a client.',
    }),
    actor: t.field({
      type: AuditActor,
      nullable: true,
      description:
        'Who it was, as they are now; null when they are gone, belong to another account, or for OPERATOR and SYSTEM. An API token shows here also when it was revoked.',
      resolve: ({ actorId }, _args, context, info) =>
        findNamed(actorId, actorKinds, context, info) as Promise<typeof AuditActor.$inferType | null>,
    }),
    viaClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description:
        'The OAuth client with whose token the member acted; null without one, and when it is gone or belongs to another account.',
      resolve: ({ viaClientId }, _args, context, info) =>
        findNamed(viaClientId, ['oauthClient'], context, info) as Promise<typeof OAuthClientNode.$inferType | null>,
    }),
    target: t.field({
      type: builder.nodeInterfaceRef(),
      nullable: true,
      description:
        'What it was done to, as it is now; null when that is gone, belongs to another account, or there is none. `targetLabel` stays. An API token shows here also when it was revoked.',
      resolve: ({ targetId }, _args, context, info) => findNamed(targetId, targetKinds, context, info),
    }),
    targetLabel: t.exposeString('targetLabel', {
      nullable: true,
      description: 'What it was done to, as it was called then; null where there is nothing to name.',
    }),
    changes: t.field({
      type: [AuditChangeType],
      description: 'What was changed; empty where the action says it all.',
      complexity: { field: 1, multiplier: 1 },
      resolve: ({ changes }) => JSON.parse(changes) as AuditChange[],
    }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'The network address that it came from; null for OPERATOR and SYSTEM.',
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'What the program that asked called itself; null when it did not.',
    }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    count: t.exposeInt('count', {
      description:
        'How often it happened: refusals of one kind, of one target and from one address, share an entry for a minute, which tells of the first. 1 for all else.',
    }),
  }),
});

const AuditLogFilter = builder.inputType('AuditLogFilter', {
  description: 'Which entries of the audit log to show. All that is given must hold.',
  fields: (t) => ({
    actions: t.field({
      type: [AuditActionEnum],
      description: 'Those of any of these actions, of which there can be 20; of all when there are none.',
    }),
    actorId: t.id({ description: 'What this member, API token or OAuth client did. Deleted ones count, too.' }),
    targetId: t.id({
      description:
        'What was done to this account, member, API token, API resource or OAuth client. Deleted ones count, too.',
    }),
    after: t.field({ type: 'DateTime', description: 'Those of this moment and later.' }),
    before: t.field({ type: 'DateTime', description: 'Those earlier than this moment.' }),
  }),
});

builder.queryField('auditLog', (t) =>
  t.connection(
    {
      type: AuditLogEntryNode,
      nullable: true,
      description: 'What happened in the account, newest first. Needs OWNER or ADMIN.',
      authScopes: { permission: 'AUDIT_LOG_READ' },
      complexity: costOfPage,
      args: { filter: t.arg({ type: AuditLogFilter, description: 'Which entries; all when left out.' }) },
      resolve: async (_root, args, context) => {
        const page = pageOf('auditLogEntry', args, { name: 'OCCURRED_AT', direction: 'desc' });
        const { accountId } = requireCaller(context);
        return page.connection(await findEntries(context.deps.db, accountId, args.filter ?? {}, page.part));
      },
    },
    {
      name: 'AuditLogEntryConnection',
      description:
        'A page of the audit log. It has no totalCount: a log grows for ever, and counting would read all of it.',
    },
    { name: 'AuditLogEntryEdge', description: 'An entry at its place in the audit log.' },
  ),
);
