// API resources for tests: registered as the owner of the account, and sign-ins that ask for them.
import type { GivenSettings } from '../../src/api-resources/rules.js';
import { createApiResource } from '../../src/api-resources/service.js';
import { actorOfMember } from '../../src/members/service.js';
import type { TestApp } from './app.js';

export const ordersApi = 'https://orders.example.com';

/** Two scopes of an API about orders. */
export const orderScopes = [
  { name: 'orders:read', description: 'Read your orders' },
  { name: 'orders:write', description: 'Change your orders' },
];

/** Registers an API of the owner's account, or of the owner that is given. */
export async function registerApi(
  app: Pick<TestApp, 'deps' | 'owner'>,
  given: GivenSettings & { readonly audience?: string } = {},
) {
  const actor = actorOfMember(app.owner, { ipAddress: null, userAgent: null });
  const settings = { audience: ordersApi, name: 'Orders API', scopes: orderScopes, ...given };
  return (await createApiResource(app.deps, actor, settings)).apiResource;
}

/** Stores so many API resources of the owner's account at once. */
export async function storeApis(app: Pick<TestApp, 'deps' | 'db' | 'owner' | 'clock'>, count: number): Promise<void> {
  const now = app.clock();
  const data = Array.from({ length: count }, (_, index) => ({
    id: app.deps.newId('apiResource'),
    accountId: app.owner.accountId,
    audience: `urn:example:${index}`,
    name: 'API',
    scopes: '[]',
    accessTokenSeconds: 600,
    signingAlgorithm: 'ES256' as const,
    createdAt: now,
    updatedAt: now,
  }));
  await app.db.apiResource.createMany({ data });
}
