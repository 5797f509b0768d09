// API tokens in GraphQL: created and rotated, shown once, and revoked. The rules are in service.ts and rules.ts.
import { builder } from '../graphql/builder.js';
import { type Caller, requireCaller } from '../graphql/context-type.js';
import { RoleEnum } from '../graphql/enums.js';
import { payloadOf } from '../graphql/errors.js';
import { idempotencyKeyDescription, replayedField, userErrorsField } from '../graphql/user-error.js';
import { once } from '../idempotency/service.js';
import type { InputIssue } from '../lib/errors.js';
import type { TokenManager } from './rules.js';
import { ApiTokenNode } from './schema.js';
import { createApiToken, findCreatedToken, revokeApiToken, rotateApiToken } from './service.js';

function managerOf(caller: Caller): TokenManager {
  return { actor: caller.actor, accountId: caller.accountId, memberId: caller.memberId, role: caller.role };
}

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
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

const RotateApiTokenInput = builder.inputType('RotateApiTokenInput', {
  description: 'Which API token to replace by a new one, and how long the old one works on.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The id of the token, not the token itself.' }),
    previousTokenExpiresInSeconds: t.int({
      required: true,
      defaultValue: 86_400,
      description:
        'How long the old token works on, in seconds: 0 to 7776000, a day by default. 0 ends it at once. If it ends sooner, it keeps its end.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the new token shall stop working; never, when left out.',
    }),
    idempotencyKey: t.string({ description: idempotencyKeyDescription }),
  }),
});

interface NewTokenPayload {
  readonly apiToken?: typeof ApiTokenNode.$inferType | null;
  readonly token?: string | null;
  readonly replayed?: boolean;
  readonly userErrors: readonly InputIssue[];
}

const CreateApiTokenPayload = builder.objectRef<NewTokenPayload>('CreateApiTokenPayload').implement({
  description: 'The new token, or what was wrong.',
  fields: (t) => ({
    apiToken: t.field({
      type: ApiTokenNode,
      nullable: true,
      description: 'What was created; null when there are userErrors, or when it was replayed and revoked since.',
      resolve: (payload) => payload.apiToken ?? null,
    }),
    token: t.string({
      nullable: true,
      description: 'The token in clear, shown this once. Keep it: it cannot be read again. null when `replayed`.',
      resolve: (payload) => payload.token ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
  }),
});

const RotateApiTokenPayload = builder.objectRef<NewTokenPayload>('RotateApiTokenPayload').implement({
  description: 'The token that takes the old one’s place, or what was wrong.',
  fields: (t) => ({
    apiToken: t.field({
      type: ApiTokenNode,
      nullable: true,
      description:
        'The new token, with an id of its own; null when there are userErrors, or when it was replayed and revoked since.',
      resolve: (payload) => payload.apiToken ?? null,
    }),
    token: t.string({
      nullable: true,
      description: 'The new token in clear, shown this once. Keep it: it cannot be read again. null when `replayed`.',
      resolve: (payload) => payload.token ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
  }),
});

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
      userErrors: t.field(userErrorsField),
    }),
  });

const needs = 'Needs a browser session or an API token of role ADMIN, never an OAuth token.';

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreateApiTokenPayload,
    nullable: true,
    description: `Creates an API token of yours and shows it, this once. ${needs}`,
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'What it is to be.' }) },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const caller = requireCaller(context);
        const manager = managerOf(caller);
        return once(
          context.deps,
          { actor: caller.actor, mutation: 'createApiToken', key: idempotencyKey, input },
          (remember) =>
            createApiToken(context.deps, manager, { ...input, expiresAt: input.expiresAt ?? null }, remember),
          (id) => findCreatedToken(context.deps, manager, id),
        );
      }),
  }),
  rotateApiToken: t.field({
    type: RotateApiTokenPayload,
    nullable: true,
    description: `Replaces an API token by a new one of the same name, role and owner, shown this once, while the old one works on for a while. Your own; service tokens of the account for OWNER and ADMIN. ${needs}`,
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RotateApiTokenInput, required: true, description: 'Which one, and how.' }) },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const caller = requireCaller(context);
        const manager = managerOf(caller);
        const { id, previousTokenExpiresInSeconds, expiresAt = null } = input;
        return once(
          context.deps,
          { actor: caller.actor, mutation: 'rotateApiToken', key: idempotencyKey, input },
          (remember) =>
            rotateApiToken(context.deps, manager, id, { previousTokenExpiresInSeconds, expiresAt }, remember),
          (made) => findCreatedToken(context.deps, manager, made),
        );
      }),
  }),
  revokeApiToken: t.field({
    type: RevokeApiTokenPayload,
    nullable: true,
    description: `Revokes an API token, which fails from its next use on. Your own; any of the account’s for OWNER and ADMIN. ${needs}`,
    authScopes: { credentialManager: true },
    args: { input: t.arg({ type: RevokeApiTokenInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => {
        await revokeApiToken(context.deps, managerOf(requireCaller(context)), input.id);
        return { revokedApiTokenId: input.id };
      }),
  }),
}));
