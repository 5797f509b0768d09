// API tokens in GraphQL: created and shown once, revoked.
import { builder } from '../graphql/builder.js';
import { accountFor, type Caller, type GraphQLContext, requireCaller } from '../graphql/context-type.js';
import { RoleEnum } from '../graphql/enums.js';
import { payloadOf } from '../graphql/errors.js';
import { UserError, userErrorsDescription } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import { createApiToken, revokeApiToken, type TokenManager } from './service.js';

/** Members see their own tokens; those who may see all see their account's. */
function visibleTokens(context: GraphQLContext) {
  const { caller } = context;
  if (!caller) return { accountId: '' };
  if (caller.permissions.includes('API_TOKEN_READ_ALL')) return { accountId: caller.accountId };
  return { accountId: accountFor(context, null), ownerId: caller.memberId };
}

function managerOf(caller: Caller): TokenManager {
  return { actor: caller.actor, accountId: caller.accountId, memberId: caller.memberId, role: caller.role };
}

const ApiTokenNode = builder.prismaNode('ApiToken', {
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
  }),
});

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'What a new API token is to be.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What you call it: 1 to 100 characters.' }),
    role: t.field({ type: RoleEnum, required: true, description: 'ADMIN, WRITER or READER; at most your own role.' }),
    isService: t.boolean({
      required: true,
      defaultValue: false,
      description: 'For a service rather than for yourself. Needs OWNER or ADMIN.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it shall stop working; never, when left out.' }),
  }),
});

interface CreatePayload {
  readonly apiToken?: typeof ApiTokenNode.$inferType;
  readonly token?: string;
  readonly userErrors: readonly InputIssue[];
}

const CreateApiTokenPayload = builder.objectRef<CreatePayload>('CreateApiTokenPayload').implement({
  description: 'The new token, or what was wrong.',
  fields: (t) => ({
    apiToken: t.field({
      type: ApiTokenNode,
      nullable: true,
      description: 'What was created; null when there are userErrors.',
      resolve: (payload) => payload.apiToken ?? null,
    }),
    token: t.string({
      nullable: true,
      description: 'The token in clear, shown this once. Keep it: it cannot be read again.',
      resolve: (payload) => payload.token ?? null,
    }),
    userErrors: t.field({
      type: [UserError],
      description: userErrorsDescription,
      resolve: ({ userErrors }) => [...userErrors],
    }),
  }),
});

builder.mutationField('createApiToken', (t) =>
  t.field({
    type: CreateApiTokenPayload,
    nullable: true,
    description:
      'Creates an API token of yours. Needs a browser session or an API token of role ADMIN, never an OAuth token.',
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'What it is to be.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(() =>
        createApiToken(context.deps, managerOf(requireCaller(context)), {
          name: input.name,
          role: input.role,
          isService: input.isService,
          expiresAt: input.expiresAt ?? null,
        }),
      ),
  }),
);

const RevokeApiTokenInput = builder.inputType('RevokeApiTokenInput', {
  description: 'Which API token to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The id of the token, not the token itself.' }) }),
});

const RevokeApiTokenPayload = builder
  .objectRef<{ readonly revokedApiTokenId?: string; readonly userErrors: readonly InputIssue[] }>(
    'RevokeApiTokenPayload',
  )
  .implement({
    description: 'What was revoked, or what was wrong.',
    fields: (t) => ({
      revokedApiTokenId: t.id({
        nullable: true,
        description: 'The id of the token that is no more, for your cache.',
        resolve: (payload) => payload.revokedApiTokenId ?? null,
      }),
      userErrors: t.field({
        type: [UserError],
        description: userErrorsDescription,
        resolve: ({ userErrors }) => [...userErrors],
      }),
    }),
  });

builder.mutationField('revokeApiToken', (t) =>
  t.field({
    type: RevokeApiTokenPayload,
    nullable: true,
    description:
      'Revokes an API token, which fails from its next use on. Your own; any of the account’s for OWNER and ADMIN.',
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RevokeApiTokenInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        await revokeApiToken(context.deps, managerOf(requireCaller(context)), input.id);
        return { revokedApiTokenId: input.id };
      }),
  }),
);
