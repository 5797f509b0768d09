// API resources: registered, changed and deleted. What one must be is rules.ts's; here is what depends on the others there are.
import { type AccountActor, changesBetween, recordAudit } from '../audit/service.js';
import { type Db, exclusively, isOrphan, isRetryable, retrying, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Remember } from '../idempotency/service.js';
import { InputError, type InputIssue, inputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import { spellingsOf } from './audience.js';
import { readScopes } from './find.js';
import {
  applyGiven,
  defaultSettings,
  faultsOfAudience,
  faultsOfSettings,
  type GivenSettings,
  mostApiResources,
  mostIntrospectors,
  type Settings,
} from './rules.js';

type ServiceDeps = Pick<Deps, 'config' | 'db' | 'clock' | 'newId'>;

const withIntrospectors = { introspectors: { orderBy: { clientId: 'asc' } } } as const;

/**
 * Runs a change alone. That an audience is free is more than a unique index can say: two spellings of one origin are the same.
 * Nor could one hold an account to the most that it may have. Clients are not held by that: one that is to introspect may be deleted
 * just before that is written, and the second time it is not found any more.
 */
function alone<T>(deps: ServiceDeps, work: (tx: Tx) => Promise<T>): Promise<T> {
  const mayPass = (error: unknown) => isRetryable(error) || isOrphan(error);
  return retrying(() => exclusively(deps.db, 'api-resources', work), 5, mayPass);
}

/** What is wrong with a well-formed audience as things are. Whose it is, is not told. */
async function faultsOfTaken(tx: Tx, audience: string): Promise<InputIssue[]> {
  const taken = await tx.apiResource.count({ where: { audience: { in: [...spellingsOf(audience)] } } });
  if (taken === 0) return [];
  const message =
    'An API resource with this audience is registered already, here or in another account. One issuer signs for all of them, so each audience can be registered once.';
  return [{ code: 'TAKEN', message, path: ['audience'] }];
}

async function faultsOfCount(tx: Tx, accountId: string): Promise<InputIssue[]> {
  if ((await tx.apiResource.count({ where: { accountId } })) < mostApiResources) return [];
  const message = `An account can have at most ${mostApiResources} API resources. Delete one first.`;
  return [{ code: 'LIMIT_EXCEEDED', message, path: ['audience'] }];
}

/** What is wrong with the clients that are to introspect: each must be of the account, and able to prove who it is. */
async function faultsOfIntrospectors(tx: Tx, accountId: string, ids: readonly string[]): Promise<InputIssue[]> {
  // Too many is a fault by itself, which rules.ts names.
  if (ids.length === 0 || ids.length > mostIntrospectors) return [];
  const where = { accountId, id: { in: ids.map((id) => idOrNobody('oauthClient', id)) } };
  const clients = await tx.oAuthClient.findMany({ where, select: { id: true, tokenEndpointAuthMethod: true } });
  return ids.flatMap((id, index): InputIssue[] => {
    const path = ['introspectionClientIds', String(index)];
    const client = clients.find((one) => one.id === id);
    if (!client) return [{ code: 'NOT_FOUND', message: 'There is no such OAuth client in this account.', path }];
    if (client.tokenEndpointAuthMethod !== 'NONE') return [];
    // RFC 7662 section 2.1: its client_id is known to everybody.
    const message = 'Only a CONFIDENTIAL client can introspect: this one cannot prove who it is.';
    return [{ code: 'NOT_ALLOWED', message, path }];
  });
}

function columnsOf({ introspectionClientIds: _, scopes, ...rest }: Settings) {
  return { ...rest, scopes: JSON.stringify(scopes) };
}

function auditable({ scopes, introspectionClientIds, ...rest }: Settings) {
  return {
    ...rest,
    scopes: scopes.map(({ name, description }) => `${name}: ${description}`).join('\n'),
    introspectionClientIds: [...introspectionClientIds].sort().join(' '),
  };
}

/** Finds an API resource of the account. @throws InputError NOT_FOUND, alike for unknown and foreign ones */
async function findOwn(tx: Tx, accountId: string, id: string) {
  const where = { accountId, id: idOrNobody('apiResource', id) };
  const found = await tx.apiResource.findFirst({ where, include: withIntrospectors });
  if (found) return found;
  const message = 'There is no such API resource in this account.';
  throw inputError('NOT_FOUND', message, 'id');
}

/**
 * Registers an API resource.
 * @throws InputError with everything that is wrong
 */
export async function createApiResource(
  deps: ServiceDeps,
  actor: AccountActor,
  given: GivenSettings & { readonly audience: string },
  remember: Remember = async () => {},
) {
  const { accountId } = actor;
  const { audience } = given;
  const settings = applyGiven(defaultSettings, given);
  const malformed = faultsOfAudience(audience, deps.config.issuer);
  return alone(deps, async (tx) => {
    const issues = [
      ...malformed,
      ...(malformed.length > 0 ? [] : await faultsOfTaken(tx, audience)),
      ...(await faultsOfCount(tx, accountId)),
      ...faultsOfSettings(settings),
      ...(await faultsOfIntrospectors(tx, accountId, settings.introspectionClientIds)),
    ];
    if (issues.length > 0) throw new InputError(issues);
    const now = deps.clock();
    const apiResource = await tx.apiResource.create({
      data: {
        id: deps.newId('apiResource'),
        accountId,
        audience,
        ...columnsOf(settings),
        createdAt: now,
        updatedAt: now,
        introspectors: { create: settings.introspectionClientIds.map((clientId) => ({ clientId })) },
      },
    });
    await remember(tx, apiResource.id);
    await recordAudit(tx, deps, actor, {
      action: 'API_RESOURCE_CREATED',
      targetId: apiResource.id,
      targetLabel: apiResource.name,
      changes: changesBetween({}, { audience, ...auditable(settings) }),
    });
    return { apiResource };
  });
}

/** What a registration made, found again for the same idempotency key; null when it was deleted since. */
export async function findCreated(db: Db, accountId: string, id: string) {
  return { apiResource: await db.apiResource.findUnique({ where: { id, accountId } }) };
}

/**
 * Changes what is given of an API resource. Its audience never changes: tokens and sign-ins name it.
 * @throws InputError NOT_FOUND, or everything that is wrong
 */
export async function updateApiResource(deps: ServiceDeps, actor: AccountActor, id: string, given: GivenSettings) {
  return alone(deps, async (tx) => {
    const before = await findOwn(tx, actor.accountId, id);
    const introspectionClientIds = before.introspectors.map(({ clientId }) => clientId);
    const old: Settings = { ...before, scopes: readScopes(before.scopes), introspectionClientIds };
    const settings = applyGiven(old, given);
    const named = settings.introspectionClientIds;
    const issues = [
      ...faultsOfSettings(settings),
      ...(given.introspectionClientIds == null ? [] : await faultsOfIntrospectors(tx, actor.accountId, named)),
    ];
    if (issues.length > 0) throw new InputError(issues);
    const changes = changesBetween(auditable(old), auditable(settings));
    if (changes.length === 0) return { apiResource: before };
    await tx.apiResourceIntrospector.deleteMany({ where: { apiResourceId: id, clientId: { notIn: [...named] } } });
    const added = named.filter((clientId) => !introspectionClientIds.includes(clientId));
    const apiResource = await tx.apiResource.update({
      where: { id },
      data: {
        ...columnsOf(settings),
        updatedAt: deps.clock(),
        introspectors: { create: added.map((clientId) => ({ clientId })) },
      },
    });
    const target = { targetId: id, targetLabel: settings.name };
    await recordAudit(tx, deps, actor, { action: 'API_RESOURCE_UPDATED', ...target, changes });
    return { apiResource };
  });
}

/**
 * Deletes an API resource: no token is issued for it any more, and those that were are inactive. Its scopes stay words of the
 * clients that were registered for them, and are granted nowhere. @throws InputError NOT_FOUND
 */
export async function deleteApiResource(deps: ServiceDeps, actor: AccountActor, id: string): Promise<void> {
  await alone(deps, async (tx) => {
    const { name } = await findOwn(tx, actor.accountId, id);
    await tx.apiResource.delete({ where: { id } });
    await recordAudit(tx, deps, actor, { action: 'API_RESOURCE_DELETED', targetId: id, targetLabel: name });
  });
}
