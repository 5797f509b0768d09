// Fresh things of the first account for operations to be tried on. What belongs to a person belongs to a colleague who is
// none of the callers, so that it is nobody's own.
import { randomUUID } from 'node:crypto';
import { inviteMember } from '../../src/members/invitations.js';
import { actorOfMember } from '../../src/members/service.js';
import { registerApi } from '../support/api-resources.js';
import type { TestApp } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import type { Target } from './authorization-table.js';

/** A living session of a member. */
export function addSession(app: TestApp, memberId: string, given: { readonly userAgent?: string } = {}) {
  const now = app.clock();
  const later = new Date(now.getTime() + 3_600_000);
  return app.db.session.create({
    data: {
      id: app.deps.newId('session'),
      memberId,
      secretHash: `hash of the secret of a session ${randomUUID()}`,
      authenticatedAt: now,
      methods: 'pwd',
      ipAddress: '192.0.2.1',
      userAgent: given.userAgent ?? 'a browser',
      lastActiveAt: now,
      idleExpiresAt: later,
      expiresAt: later,
    },
  });
}

/** What a member allowed a client. */
export function addConsent(app: TestApp, memberId: string, clientId: string, scopes = 'openid profile') {
  const now = app.clock();
  const id = app.deps.newId('consent');
  return app.db.consent.create({ data: { id, memberId, clientId, scopes, consentedAt: now, lastUsedAt: now } });
}

/** What makes one target of each kind. */
export async function targetsOf(app: TestApp): Promise<Record<Target, () => Promise<{ readonly id: string }>>> {
  const { db, owner } = app;
  const colleague = await app.addMember('ADMIN', `colleague-${randomUUID()}@example.com`);
  return {
    client: () => registerClient(app),
    async disabledClient() {
      const client = await registerClient(app);
      await db.oAuthClient.update({ where: { id: client.id }, data: { disabledAt: app.deps.clock() } });
      return client;
    },
    async secret() {
      const client = await registerClient(app);
      return db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: client.id } });
    },
    consent: async () => addConsent(app, colleague.id, (await registerClient(app)).id),
    session: () => addSession(app, colleague.id),
    // Somebody new: all of their sessions are ended, and those of others are looked at later.
    async signedInMember() {
      const member = await app.addMember('WRITER', `${randomUUID()}@example.com`);
      await addSession(app, member.id);
      return member;
    },
    apiResource: () => registerApi(app, { audience: `https://${randomUUID()}.example` }),
    apiTokenOfColleague: () => apiTokenOf(app, 'READER', colleague),
    serviceTokenOfColleague: () => apiTokenOf(app, 'READER', colleague, { isService: true }),
    member: async () => colleague,
    newMember: () => app.addMember('WRITER', `${randomUUID()}@example.com`),
    async suspendedMember() {
      const { id } = await app.addMember('WRITER', `${randomUUID()}@example.com`);
      return db.member.update({ where: { id }, data: { status: 'SUSPENDED' } });
    },
    async invitedMember() {
      const actor = actorOfMember(owner, { ipAddress: null, userAgent: null });
      const manager = { actor, memberId: owner.id, role: owner.role };
      const email = `${randomUUID()}@example.com`;
      return (await inviteMember(app.deps, manager, { email, role: 'READER' })).member;
    },
    auditLogEntry: () =>
      db.auditLogEntry.findFirstOrThrow({ where: { accountId: owner.accountId }, orderBy: { id: 'desc' } }),
  };
}
