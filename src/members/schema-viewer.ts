// The viewer in GraphQL: who is calling, with what, what they may do, and what they may still spend.
import { ApiTokenNode } from '../api-tokens/schema.js';
import { OAuthClientNode } from '../clients/schema.js';
import { builder } from '../graphql/builder.js';
import { selectionOfRow } from '../graphql/connections.js';
import type { Caller, Usage } from '../graphql/context-type.js';
import { PermissionEnum, RoleEnum } from '../graphql/enums.js';
import { findPendingChange } from './email-change.js';

export const PendingEmailChange = builder
  .objectRef<{ readonly email: string; readonly createdAt: Date; readonly expiresAt: Date }>('PendingEmailChange')
  .implement({
    description: 'An e-mail address that a member asked for, and has not proved yet to be theirs.',
    fields: (t) => ({
      email: t.exposeString('email', { description: 'The new address, to which the link was sent.' }),
      requestedAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when the link works.' }),
    }),
  });

export const Viewer = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who is calling, with what, and what they may do.',
  fields: (t) => ({
    member: t.prismaField({
      type: 'Member',
      nullable: true,
      description: 'The member whose rights are used.',
      resolve: (query, caller, _args, { deps }) =>
        deps.db.member.findUnique({ ...query, where: { id: caller.memberId, accountId: caller.accountId } }),
    }),
    apiToken: t.field({
      type: ApiTokenNode,
      nullable: true,
      description: 'The API token that the caller presented; null when it presented something else.',
      resolve: (caller, _args, context, info) => {
        if (caller.apiTokenId === null) return null;
        const where = { id: caller.apiTokenId, accountId: caller.accountId };
        return context.deps.db.apiToken.findUnique({ ...selectionOfRow(context, info), where });
      },
    }),
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description:
        'The OAuth client whose access token the caller presented; null when it presented something else, or the client is of another account.',
      authScopes: { permission: 'OAUTH_CLIENT_READ' },
      resolve: (caller, _args, context, info) => {
        if (caller.oauthClientId === null) return null;
        const where = { id: caller.oauthClientId, accountId: caller.accountId };
        return context.deps.db.oAuthClient.findUnique({ ...selectionOfRow(context, info), where });
      },
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
    pendingEmailChange: t.field({
      type: PendingEmailChange,
      nullable: true,
      description:
        'The change of the member’s own e-mail address that waits for the link which was sent to the new one; null when none does, and for callers other than a browser session.',
      resolve: (caller, _args, { deps }) =>
        caller.session === null ? null : findPendingChange(deps.db, caller.memberId, deps.clock()),
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description:
        'What the role lets the caller do. With an OAuth token, or an API token of another role than ADMIN, less: what makes credentials or hands out rights needs a browser session or an API token of role ADMIN, whatever stands here.',
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

const RateLimit = builder.objectRef<Usage>('RateLimit').implement({
  description:
    'What this operation cost, and what the caller may still spend. A field costs a point, times the length of the lists that it is in, as far as they were asked for. Also in `extensions.cost` of every answer.',
  fields: (t) => ({
    cost: t.exposeInt('cost', { description: 'What this operation cost, in points. 10000 is the most for one.' }),
    limit: t.exposeInt('limit', { description: 'What the caller may spend in a minute.' }),
    remaining: t.exposeInt('remaining', { description: 'What is left of that.' }),
    resetAt: t.expose('resetAt', { type: 'DateTime', description: 'When all of it is there again.' }),
  }),
});

builder.queryField('rateLimit', (t) =>
  t.field({
    type: RateLimit,
    nullable: true,
    description: 'What this operation cost, and what the caller may still spend.',
    resolve: (_root, _args, { spent }) => spent.usage,
  }),
);
