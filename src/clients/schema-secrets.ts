// Client secrets in GraphQL: rotated and revoked. The rules are in rotation.ts.
import { builder } from '../graphql/builder.js';
import { requireCaller } from '../graphql/context-type.js';
import { payloadOf } from '../graphql/errors.js';
import { replayedField, userErrorsField } from '../graphql/user-error.js';
import { once } from '../idempotency/service.js';
import type { InputIssue } from '../lib/errors.js';
import { findRotated, revokeOAuthClientSecret, rotateOAuthClientSecret } from './rotation.js';
import { OAuthClientNode, OAuthClientSecretNode } from './schema.js';
import { RevokeOAuthClientSecretInput, RotateOAuthClientSecretInput } from './schema-inputs.js';

type OAuthClientRow = typeof OAuthClientNode.$inferType;

interface RotatePayload {
  readonly oauthClient?: OAuthClientRow | null;
  readonly secret?: typeof OAuthClientSecretNode.$inferType | null;
  readonly clientSecret?: string | null;
  readonly replayed?: boolean;
  readonly userErrors: readonly InputIssue[];
}

const RotateOAuthClientSecretPayload = builder.objectRef<RotatePayload>('RotateOAuthClientSecretPayload').implement({
  description: 'The new secret, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client, whose `secrets` say how long the old ones work on; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    secret: t.field({
      type: OAuthClientSecretNode,
      nullable: true,
      description: 'What can be told of the new secret later; null when there are userErrors.',
      resolve: (payload) => payload.secret ?? null,
    }),
    clientSecret: t.string({
      nullable: true,
      description:
        'The new client secret in clear, shown this once. Keep it: it cannot be read again. null when `replayed`.',
      resolve: (payload) => payload.clientSecret ?? null,
    }),
    replayed: t.boolean(replayedField),
    userErrors: t.field(userErrorsField),
  }),
});

interface RevokePayload {
  readonly oauthClient?: OAuthClientRow;
  readonly revokedSecretId?: string;
  readonly userErrors: readonly InputIssue[];
}

const RevokeOAuthClientSecretPayload = builder.objectRef<RevokePayload>('RevokeOAuthClientSecretPayload').implement({
  description: 'Which secret is no more, or what was wrong.',
  fields: (t) => ({
    oauthClient: t.field({
      type: OAuthClientNode,
      nullable: true,
      description: 'The client that the secret was of; null when there are userErrors.',
      resolve: (payload) => payload.oauthClient ?? null,
    }),
    revokedSecretId: t.id({
      nullable: true,
      description: 'The id of the secret that is no more, for your cache.',
      resolve: (payload) => payload.revokedSecretId ?? null,
    }),
    userErrors: t.field(userErrorsField),
  }),
});

const needs = 'Needs OWNER or ADMIN in a browser session, or an API token of role ADMIN; never an OAuth token.';

builder.mutationFields((t) => ({
  rotateOAuthClientSecret: t.field({
    type: RotateOAuthClientSecretPayload,
    nullable: true,
    description: `Gives an OAuth client a new secret, shown this once, while the old ones work on for a while: put the new one in place, then revoke the old. At most five live at once. ${needs}`,
    authScopes: { $all: { permission: 'OAUTH_CLIENT_WRITE', credentialManager: true } },
    args: {
      input: t.arg({ type: RotateOAuthClientSecretInput, required: true, description: 'Of which client, and how.' }),
    },
    resolve: (_root, { input: { idempotencyKey, ...input } }, context) =>
      payloadOf(() => {
        const { actor } = requireCaller(context);
        return once(
          context.deps,
          { actor, mutation: 'rotateOAuthClientSecret', key: idempotencyKey, input },
          (remember) => rotateOAuthClientSecret(context.deps, actor, input, input, remember),
          (id) => findRotated(context.deps, actor.accountId, id),
        );
      }),
  }),
  revokeOAuthClientSecret: t.field({
    type: RevokeOAuthClientSecretPayload,
    nullable: true,
    description: `Revokes a client secret, which fails at the very next request. A client whose last one this was cannot get tokens until it is given another. ${needs}`,
    authScopes: { $all: { permission: 'OAUTH_CLIENT_WRITE', credentialManager: true } },
    args: { input: t.arg({ type: RevokeOAuthClientSecretInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      payloadOf(async () => ({
        oauthClient: await revokeOAuthClientSecret(context.deps, requireCaller(context).actor, input.secretId),
        revokedSecretId: input.secretId,
      })),
  }),
}));
