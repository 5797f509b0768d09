// OAuth clients: created with their secret, changed, deleted, verified. The rules for metadata are in metadata.ts, those for
// secrets in secrets.ts.
import { type Actor, changesBetween, recordAudit } from '../audit/service.js';
import type { Db, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { ForbiddenError, InputError } from '../lib/errors.js';
import { splitWords } from '../lib/scope.js';
import {
  type AccountRules,
  applyGiven,
  type ClientType,
  defaultMetadata,
  faultsOfMetadata,
  type GivenMetadata,
  type GrantType,
  losesVerification,
  type Metadata,
} from './metadata.js';
import { type ClientReference, whereNamed } from './reference.js';
import { createSecret } from './secrets.js';

type ServiceDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'hasher'>;

async function accountRules(db: Db, accountId: string): Promise<AccountRules> {
  const account = await db.account.findUniqueOrThrow({ where: { id: accountId } });
  return { id: account.id, allowedRedirectSchemes: splitWords(account.redirectSchemes) };
}

function columns(metadata: Metadata, clientId: string) {
  const { lifetimes, redirectUris: _, grantTypes, scopes, ...rest } = metadata;
  return {
    ...rest,
    ...lifetimes,
    grantTypes: grantTypes.join(' '),
    scopes: scopes.join(' '),
    searchText: [metadata.name, metadata.description ?? '', clientId].join(' ').toLowerCase(),
  };
}

function uriRows(deps: Pick<Deps, 'newId'>, uris: readonly string[]) {
  return uris.map((uri, position) => ({ id: deps.newId('redirectUri'), uri, position }));
}

async function findOwn(db: Db | Tx, accountId: string, reference: ClientReference) {
  const named = whereNamed(reference);
  if (named === null) {
    throw new InputError([{ code: 'REQUIRED', message: 'Name the client by id or by clientId.', path: ['id'] }]);
  }
  const client = await db.oAuthClient.findFirst({
    where: { accountId, ...named },
    include: { redirectUris: { orderBy: { position: 'asc' } } },
  });
  // Unknown and foreign ones are alike.
  if (!client) {
    const path = ['id' in named ? 'id' : 'clientId'];
    throw new InputError([{ code: 'NOT_FOUND', message: 'There is no such OAuth client in this account.', path }]);
  }
  return client;
}

type StoredClient = Awaited<ReturnType<typeof findOwn>>;

function metadataOf(client: StoredClient): Metadata {
  return {
    name: client.name,
    description: client.description,
    type: client.type,
    homepageUrl: client.homepageUrl,
    policyUrl: client.policyUrl,
    termsUrl: client.termsUrl,
    redirectUris: client.redirectUris.map(({ uri }) => uri),
    grantTypes: splitWords(client.grantTypes) as GrantType[],
    scopes: splitWords(client.scopes),
    tokenEndpointAuthMethod: client.tokenEndpointAuthMethod,
    requirePkce: client.requirePkce,
    consentMode: client.consentMode,
    idTokenSigningAlgorithm: client.idTokenSigningAlgorithm,
    lifetimes: {
      accessTokenSeconds: client.accessTokenSeconds,
      refreshTokenSeconds: client.refreshTokenSeconds,
      refreshTokenIdleSeconds: client.refreshTokenIdleSeconds,
      idTokenSeconds: client.idTokenSeconds,
    },
  };
}

/**
 * Registers a client and, where it has one, makes its secret.
 * @returns the row and the secret in clear, to be shown this once; null for a client without one
 * @throws InputError with everything that is wrong
 */
export async function createOAuthClient(
  deps: ServiceDeps,
  actor: Actor & { readonly accountId: string },
  given: GivenMetadata & { readonly type?: ClientType | null | undefined },
) {
  const metadata = applyGiven(defaultMetadata(given.type ?? 'CONFIDENTIAL', given.grantTypes ?? undefined), given);
  const issues = faultsOfMetadata(metadata, await accountRules(deps.db, actor.accountId));
  if (issues.length > 0) throw new InputError(issues);
  const clientId = deps.randomBytes(16).toString('hex');
  const secret = metadata.tokenEndpointAuthMethod === 'NONE' ? null : await createSecret(deps, actor.ipAddress ?? '');
  const now = deps.clock();
  const oauthClient = await deps.db.$transaction(async (tx) => {
    const created = await tx.oAuthClient.create({
      data: {
        id: deps.newId('oauthClient'),
        clientId,
        accountId: actor.accountId,
        ...columns(metadata, clientId),
        createdById: actor.memberId,
        createdAt: now,
        updatedAt: now,
        redirectUris: { create: uriRows(deps, metadata.redirectUris) },
      },
    });
    if (secret) {
      const row = { id: deps.newId('clientSecret'), clientId: created.id, ...secret.row };
      await tx.oAuthClientSecret.create({ data: { ...row, createdById: actor.memberId, createdAt: now } });
    }
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_CREATED',
      targetId: created.id,
      targetLabel: created.name,
      changes: changesBetween({}, auditable(metadata)),
    });
    return created;
  });
  return { oauthClient, clientSecret: secret?.clear ?? null };
}

/** Metadata as the audit log shows it: flat, in words. */
function auditable(metadata: Metadata): Record<string, unknown> {
  const { lifetimes, ...rest } = metadata;
  return {
    ...rest,
    redirectUris: metadata.redirectUris.join(' '),
    grantTypes: metadata.grantTypes.join(' '),
    scopes: metadata.scopes.join(' '),
    accessTokenSeconds: lifetimes.accessTokenSeconds,
    refreshTokenSeconds: lifetimes.refreshTokenSeconds,
    refreshTokenIdleSeconds: lifetimes.refreshTokenIdleSeconds,
    idTokenSeconds: lifetimes.idTokenSeconds,
  };
}

/**
 * Changes what is given of a client.
 * @returns the row, and whether the change took back an operator's verification
 * @throws InputError with everything that is wrong; CONFLICT when `version` is not the current one
 * @throws ForbiddenError when an OAuth client's token would change the redirect URIs of another client
 */
export async function updateOAuthClient(
  deps: ServiceDeps,
  actor: Actor & { readonly accountId: string },
  reference: ClientReference & { readonly version?: number | null | undefined },
  given: GivenMetadata,
) {
  const before = await findOwn(deps.db, actor.accountId, reference);
  const conflict = (version: number) => {
    const message = `The client was changed meanwhile: its version is now ${version}. Read it again and repeat the change.`;
    return new InputError([{ code: 'CONFLICT', message, path: ['version'] }]);
  };
  if ((reference.version ?? before.version) !== before.version) throw conflict(before.version);
  if (given.redirectUris !== undefined && actor.viaClientId !== null && actor.viaClientId !== before.id) {
    throw new ForbiddenError(
      "Another client's redirect URIs cannot be changed with an OAuth token. Use the browser's session or an API token of role ADMIN.",
    );
  }
  const old = metadataOf(before);
  const metadata = applyGiven(old, given);
  const issues = faultsOfMetadata(metadata, await accountRules(deps.db, actor.accountId));
  if (issues.length > 0) throw new InputError(issues);
  const changes = changesBetween(auditable(old), auditable(metadata));
  if (changes.length === 0) return { oauthClient: before, verificationCleared: false };
  const losing = losesVerification(old, metadata);
  const verificationCleared = losing && before.verifiedAt !== null;
  const now = deps.clock();
  const oauthClient = await deps.db.$transaction(async (tx) => {
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: before.id, version: before.version },
      data: {
        ...columns(metadata, before.clientId),
        version: before.version + 1,
        updatedAt: now,
        // Also a verification that an operator gives at this very moment: it was for what the client was.
        ...(losing ? { verifiedAt: null } : {}),
      },
    });
    if (count === 0) throw conflict((await findOwn(tx, actor.accountId, { id: before.id })).version);
    if (changes.some((change) => change.field === 'redirectUris')) {
      await tx.oAuthClientRedirectUri.deleteMany({ where: { clientId: before.id } });
      const rows = uriRows(deps, metadata.redirectUris).map((row) => ({ ...row, clientId: before.id }));
      await tx.oAuthClientRedirectUri.createMany({ data: rows });
    }
    const target = { targetId: before.id, targetLabel: metadata.name };
    await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_UPDATED', ...target, changes });
    if (verificationCleared) await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_UNVERIFIED', ...target });
    return tx.oAuthClient.findUniqueOrThrow({ where: { id: before.id } });
  });
  return { oauthClient, verificationCleared };
}

/**
 * Deletes a client with its secrets, consents and tokens, all of which fail at once.
 * @returns the id that is gone and how many members' consents went with it
 * @throws InputError NOT_FOUND
 */
export async function deleteOAuthClient(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor & { readonly accountId: string },
  reference: ClientReference,
): Promise<{ id: string; revokedConsentCount: number }> {
  const client = await findOwn(deps.db, actor.accountId, reference);
  return deps.db.$transaction(async (tx) => {
    const revokedConsentCount = await tx.consent.count({ where: { clientId: client.id, revokedAt: null } });
    const { count } = await tx.oAuthClient.deleteMany({ where: { id: client.id, accountId: actor.accountId } });
    if (count === 0) await findOwn(tx, actor.accountId, { id: client.id });
    const target = { targetId: client.id, targetLabel: client.name };
    await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_DELETED', ...target });
    return { id: client.id, revokedConsentCount };
  });
}

/**
 * Verifies a client, so that members of other accounts may sign in through it, or takes that back. The operator's alone.
 * @throws InputError NOT_FOUND
 */
export async function setOAuthClientVerified(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  clientId: string,
  verified: boolean,
): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    const client = await tx.oAuthClient.findUnique({ where: { clientId } });
    if (!client)
      throw new InputError([{ code: 'NOT_FOUND', message: `There is no client ${clientId}.`, path: ['clientId'] }]);
    if ((client.verifiedAt !== null) === verified) return;
    await tx.oAuthClient.update({ where: { clientId }, data: { verifiedAt: verified ? deps.clock() : null } });
    await recordAudit(tx, deps, actor, {
      action: verified ? 'OAUTH_CLIENT_VERIFIED' : 'OAUTH_CLIENT_UNVERIFIED',
      accountId: client.accountId,
      targetId: client.id,
      targetLabel: client.name,
    });
  });
}
