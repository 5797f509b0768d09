// An account in which no column is empty, so that whatever a caller is not shown is hidden and not merely absent.
import { registerApi } from '../support/api-resources.js';
import type { TestApp } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { ownedBy } from './callers.js';
import { addConsent, addSession } from './targets.js';

/** The ids of the things of an account in which every column has a value, by the name of their type. */
export type Furnished = Readonly<Record<string, readonly string[]>>;

type Owner = TestApp['owner'];

/** A client with everything that a client can have, disabled: no caller acts through it. */
async function furnishClient(app: TestApp, owner: Owner, marker: string) {
  const address = `https://${marker}.example`;
  const client = await registerClient(ownedBy(app, owner), {
    name: `${marker} client`,
    description: `${marker} note`,
    homepageUrl: `${address}/`,
    policyUrl: `${address}/policy`,
    termsUrl: `${address}/terms`,
    backchannelLogoutUri: `${address}/logout`,
    postLogoutRedirectUris: [`${address}/bye`],
    allowedOrigins: [address],
    userinfoSigningAlgorithm: 'ES256',
  });
  const now = app.clock();
  // Not all of these can be had together from the API.
  const shown = { logoUrl: `${address}/logo.png`, jwks: `{"keys":["${marker}"]}`, jwksUri: `${address}/keys` };
  const dates = { lastUsedAt: now, disabledAt: now, verifiedAt: now };
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { ...shown, ...dates } });
  const logo = { hash: 'a'.repeat(64), contentType: 'image/png', bytes: Buffer.from('logo'), fetchedAt: now };
  await app.db.oAuthClientLogo.create({ data: { clientId: client.id, ...logo } });
  return client.id;
}

/**
 * Fills what is empty in an account, and adds a client, its secret, API tokens and entries of the audit log about each kind
 * of thing by each kind of actor.
 * @param marker stands in every text that is added, and nowhere else
 */
export async function furnish(app: TestApp, owner: Owner, marker: string): Promise<Furnished> {
  const { db, deps } = app;
  const { accountId } = owner;
  const now = app.clock();
  const later = new Date(now.getTime() + 90 * 86_400_000);
  const clientId = await furnishClient(app, owner, marker);
  const secret = await db.oAuthClientSecret.findFirstOrThrow({ where: { clientId } });
  const api = await registerApi(ownedBy(app, owner), {
    audience: `https://api.${marker}.example`,
    name: `${marker} API`,
    scopes: [{ name: `${marker}:read`, description: `${marker} description` }],
    introspectionClientIds: [clientId],
  });
  const token = await apiTokenOf(app, 'ADMIN', owner, { isService: true });
  await db.account.update({
    where: { id: accountId },
    data: { name: `${marker} account`, redirectSchemes: 'loopback' },
  });
  await db.member.updateMany({
    where: { accountId },
    data: { name: `${marker} member`, lastSeenAt: now, invitedById: owner.id },
  });
  for (const { id } of await db.member.findMany({ where: { accountId } })) {
    const link = { emailKey: `${marker} ${id}`, hash: `hash of ${marker} ${id}`, sentAt: now, expiresAt: later };
    const data = { id: deps.newId('invitation'), accountId, memberId: id, ...link };
    await db.invitation.upsert({ where: { memberId: id }, create: data, update: {} });
    const change = { purpose: 'CHANGE_EMAIL', email: `${marker} new`, createdAt: now, expiresAt: later } as const;
    const hash = `hash of the change of ${marker} ${id}`;
    await db.oneTimeLink.create({ data: { id: deps.newId('oneTimeLink'), memberId: id, hash, ...change } });
  }
  const endless = { accountId, revokedAt: null, expiresAt: null };
  await db.apiToken.updateMany({ where: endless, data: { expiresAt: later, lastUsedAt: now } });
  await db.oAuthClientSecret.update({ where: { id: secret.id }, data: { expiresAt: later, lastUsedAt: now } });

  const consents = [];
  const sessions = [];
  for (const { id } of await db.member.findMany({ where: { accountId } })) {
    consents.push(await addConsent(app, id, clientId, `openid ${api.audience}#${marker}:read`));
    sessions.push(await addSession(app, id, { userAgent: `${marker} browser` }));
  }

  const actors = [
    { actorKind: 'MEMBER', actorId: owner.id },
    { actorKind: 'API_TOKEN', actorId: token.id },
    { actorKind: 'OAUTH_CLIENT', actorId: clientId },
  ] as const;
  const entries = [accountId, owner.id, token.id, clientId, api.id].flatMap((targetId) =>
    actors.map((actor) => ({
      ...actor,
      id: deps.newId('auditLogEntry'),
      accountId,
      actorLabel: `${marker} actor`,
      viaClientId: clientId,
      action: 'OAUTH_CLIENT_UPDATED',
      targetId,
      targetLabel: `${marker} target`,
      changes: JSON.stringify([{ field: 'name', before: `${marker} before`, after: `${marker} after` }]),
      ipAddress: '192.0.2.1',
      userAgent: `${marker} agent`,
      occurredAt: now,
    })),
  );
  await db.auditLogEntry.createMany({ data: entries });
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
  return {
    Account: [accountId],
    Member: ids(await db.member.findMany({ where: { accountId } })),
    ApiToken: ids(await db.apiToken.findMany({ where: { ...endless, expiresAt: later } })),
    OAuthClient: [clientId],
    OAuthClientSecret: [secret.id],
    ApiResource: [api.id],
    Consent: ids(consents),
    Session: ids(sessions),
    AuditLogEntry: entries.map(({ id }) => id),
  };
}

/**
 * Adds entries to an account's audit log that name things of another account: who acted, through what, on what.
 * @returns their ids
 */
export async function nameForeignThings(app: TestApp, accountId: string, foreign: Furnished): Promise<Furnished> {
  const [viaClientId = ''] = foreign.OAuthClient ?? [];
  const named = ['Account', 'Member', 'ApiToken', 'ApiResource', 'OAuthClient'].flatMap((type) =>
    (foreign[type] ?? []).slice(0, 1),
  );
  const entries = named.map((id) => ({
    id: app.deps.newId('auditLogEntry'),
    accountId,
    actorKind: 'MEMBER' as const,
    actorId: id,
    actorLabel: 'somebody',
    viaClientId,
    action: 'CONSENT_GIVEN',
    targetId: id,
    changes: '[]',
    occurredAt: app.clock(),
  }));
  await app.db.auditLogEntry.createMany({ data: entries });
  return { AuditLogEntry: entries.map(({ id }) => id) };
}
