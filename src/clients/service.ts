// OAuth clients: registered with their secret, and changed. The rules for metadata are in metadata-rules.ts, secrets in
// secrets.ts and rotation.ts, whether a client works at all in standing.ts.
import { findScopesOfAccount } from '../api-resources/find.js';
import { type AccountActor, changesBetween, recordAudit, transactionOf } from '../audit/service.js';
import type { Db, Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Remember } from '../idempotency/service.js';
import { ForbiddenError, InputError, inputError } from '../lib/errors.js';
import { isKnownScope, splitWords } from '../lib/scope.js';
import { auditableMetadata, columnsOf, metadataOf } from './columns.js';
import { findOwnClient } from './find.js';
import { fetchLogo, type NewLogo } from './logo.js';
import {
  applyGiven,
  type ClientType,
  defaultMetadata,
  type GivenMetadata,
  losesVerification,
  type Metadata,
} from './metadata.js';
import { type AccountRules, faultsOfMetadata } from './metadata-rules.js';
import type { ClientReference } from './reference.js';
import { createSecret } from './secrets.js';

type ServiceDeps = Pick<Deps, 'config' | 'db' | 'clock' | 'newId' | 'randomBytes' | 'hasher' | 'outbound'>;

/** @param kept scopes that the client has: it keeps a word that no API takes any more, which is granted nowhere */
async function accountRules(
  { db, config }: Pick<ServiceDeps, 'config'> & { readonly db: Db | Tx },
  accountId: string,
  { scopes }: Metadata,
  kept: readonly string[] = [],
): Promise<AccountRules> {
  const account = await db.account.findUniqueOrThrow({ where: { id: accountId } });
  const allowedRedirectSchemes = splitWords(account.redirectSchemes);
  const isNew = scopes.some((scope) => !isKnownScope(scope) && !kept.includes(scope));
  const ofApis = isNew ? (await findScopesOfAccount(db, accountId)).map(({ name }) => name) : [];
  const otherScopes = [...kept, ...ofApis];
  return { id: account.id, allowedRedirectSchemes, otherScopes, outboundAllow: config.outboundAllow };
}

/** Before what takes long, to tell of it soon; and where it is stored, since what an account may do can have changed. */
function requireNoFaults(metadata: Metadata, rules: AccountRules): void {
  const issues = faultsOfMetadata(metadata, rules);
  if (issues.length > 0) throw new InputError(issues);
}

/**
 * Holds the account's row: whoever takes back what its clients may redirect to waits until the transaction is over, or is seen by it.
 * Before every other row, as in accounts/rename.ts, so that no two wait for each other.
 */
const holdAccount = (id: string) => (tx: Tx) => tx.account.updateMany({ where: { id }, data: { id } });

function uriRows(deps: Pick<Deps, 'newId'>, uris: readonly string[]) {
  return uris.map((uri, position) => ({ id: deps.newId('redirectUri'), uri, position }));
}

/** Stores our copy of a logo in place of the one before, or takes that away. */
async function storeLogo(tx: Tx, clientId: string, logo: NewLogo | null): Promise<void> {
  await tx.oAuthClientLogo.deleteMany({ where: { clientId } });
  if (logo) await tx.oAuthClientLogo.create({ data: { clientId, ...logo } });
}

/**
 * Registers a client and, where it has one, makes its secret.
 * @returns the row and the secret in clear, to be shown this once; null for a client without one
 * @throws InputError with everything that is wrong
 */
export async function createOAuthClient(
  deps: ServiceDeps,
  actor: AccountActor,
  given: GivenMetadata & { readonly type?: ClientType | null | undefined },
  remember: Remember = async () => {},
) {
  const metadata = applyGiven(defaultMetadata(given.type ?? 'CONFIDENTIAL', given.grantTypes ?? undefined), given);
  requireNoFaults(metadata, await accountRules(deps, actor.accountId, metadata));
  const clientId = deps.randomBytes(16).toString('hex');
  // What takes long comes before the transaction.
  const logo = metadata.logoUrl === null ? null : await fetchLogo(deps, metadata.logoUrl);
  const hasSecret = metadata.tokenEndpointAuthMethod.startsWith('CLIENT_SECRET');
  const secret = hasSecret ? await createSecret(deps, actor.ipAddress ?? '') : null;
  // Both of one moment, which lists by time rely on: a transaction may have to wait.
  const now = deps.clock();
  const id = deps.newId('oauthClient');
  const store = async (tx: Tx) => {
    requireNoFaults(metadata, await accountRules({ ...deps, db: tx }, actor.accountId, metadata));
    const created = await tx.oAuthClient.create({
      data: {
        id,
        clientId,
        accountId: actor.accountId,
        ...columnsOf(metadata, clientId),
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
    if (logo) await storeLogo(tx, created.id, logo);
    await remember(tx, created.id);
    await recordAudit(tx, deps, actor, {
      action: 'OAUTH_CLIENT_CREATED',
      targetId: created.id,
      targetLabel: created.name,
      changes: changesBetween({}, auditableMetadata(metadata)),
    });
    return created;
  };
  const oauthClient = await transactionOf(deps, actor, store, holdAccount(actor.accountId));
  return { oauthClient, clientSecret: secret?.clear ?? null };
}

/** What a registration made, found again for the same idempotency key; null when it was deleted since. */
export async function findCreated(db: Db, accountId: string, id: string) {
  return { oauthClient: await db.oAuthClient.findUnique({ where: { id, accountId } }), clientSecret: null };
}

/**
 * What only a person, or an API token of role ADMIN, may change: an OAuth client that acts for an admin could take another
 * one's sign-ins, or give itself a key.
 */
function refuseTakeover(actor: AccountActor, clientId: string, before: Metadata, after: Metadata): void {
  if (actor.viaClientId === null) return;
  const changed = (names: readonly (keyof Metadata)[]) =>
    names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const cure = "Use the browser's session or an API token of role ADMIN.";
  if (changed(['jwks', 'jwksUri', 'tokenEndpointAuthMethod']).length > 0) {
    throw new ForbiddenError(`How a client proves itself cannot be changed with an OAuth token. ${cure}`);
  }
  const places = changed(['redirectUris', 'postLogoutRedirectUris', 'allowedOrigins', 'backchannelLogoutUri']);
  if (actor.viaClientId !== clientId && places.length > 0) {
    throw new ForbiddenError(`${places.join(', ')} of another client cannot be changed with an OAuth token. ${cure}`);
  }
}

/**
 * Changes what is given of a client.
 * @returns the row, and whether the change took back an operator's verification
 * @throws InputError with everything that is wrong; CONFLICT when `version` is not the current one
 * @throws ForbiddenError when an OAuth client's token would change where another client leads or may be called from, or any client's
 *   keys
 */
export async function updateOAuthClient(
  deps: ServiceDeps,
  actor: AccountActor,
  reference: ClientReference & { readonly version?: number | null | undefined },
  given: GivenMetadata,
) {
  const before = await findOwnClient(deps.db, actor.accountId, reference);
  const conflict = (version: number) => {
    const message = `The client was changed meanwhile: its version is now ${version}. Read it again and repeat the change.`;
    return inputError('CONFLICT', message, 'version');
  };
  if ((reference.version ?? before.version) !== before.version) throw conflict(before.version);
  const old = metadataOf(before);
  const metadata = applyGiven(old, given);
  refuseTakeover(actor, before.id, old, metadata);
  requireNoFaults(metadata, await accountRules(deps, actor.accountId, metadata, old.scopes));
  const changes = changesBetween(auditableMetadata(old), auditableMetadata(metadata));
  if (changes.length === 0) return { oauthClient: before, verificationCleared: false };
  const losing = losesVerification(old, metadata);
  const verificationCleared = losing && before.verifiedAt !== null;
  const changed = (field: string) => changes.some((change) => change.field === field);
  const logo = changed('logoUrl') && metadata.logoUrl !== null ? await fetchLogo(deps, metadata.logoUrl) : null;
  const now = deps.clock();
  const store = async (tx: Tx) => {
    requireNoFaults(metadata, await accountRules({ ...deps, db: tx }, actor.accountId, metadata, old.scopes));
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: before.id, version: before.version },
      data: {
        ...columnsOf(metadata, before.clientId),
        version: before.version + 1,
        updatedAt: now,
        // Also a verification that an operator gives at this very moment: it was for what the client was.
        ...(losing ? { verifiedAt: null } : {}),
      },
    });
    if (count === 0) throw conflict((await findOwnClient(tx, actor.accountId, { id: before.id })).version);
    if (changed('redirectUris')) {
      await tx.oAuthClientRedirectUri.deleteMany({ where: { clientId: before.id } });
      const rows = uriRows(deps, metadata.redirectUris).map((row) => ({ ...row, clientId: before.id }));
      await tx.oAuthClientRedirectUri.createMany({ data: rows });
    }
    if (changed('logoUrl')) await storeLogo(tx, before.id, logo);
    const target = { targetId: before.id, targetLabel: metadata.name };
    await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_UPDATED', ...target, changes });
    if (verificationCleared) await recordAudit(tx, deps, actor, { action: 'OAUTH_CLIENT_UNVERIFIED', ...target });
    return tx.oAuthClient.findUniqueOrThrow({ where: { id: before.id } });
  };
  const oauthClient = await transactionOf(deps, actor, store, holdAccount(actor.accountId));
  return { oauthClient, verificationCleared };
}
