// The export of all that is kept about a member: what is in it, what is not, who gets it, and where it ends.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rotateApiToken } from '../../src/api-tokens/service.js';
import { recordAudit } from '../../src/audit/service.js';
import { deleteMyself } from '../../src/members/deletion.js';
import { exportMember, exportMyData } from '../../src/members/export.js';
import { inviteMember } from '../../src/members/invitations.js';
import { actorOfMember } from '../../src/members/service.js';
import { updateMemberRole } from '../../src/members/standing.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { readTables } from '../support/dump.js';
import { apiTokenOf, bearer, signedIn, signedInBrowser } from '../support/graphql.js';
import { linkTo } from '../support/mail.js';
import { postEmail, postOwn } from '../support/my-account.js';
import { newBrowser, obtainTokens, postForm, registerClient } from '../support/oauth.js';

let app: TestApp;
let member: Awaited<ReturnType<TestApp['addMember']>>;
beforeEach(async () => {
  app = await createTestApp();
  member = await app.addMember('ADMIN', 'grace@example.com');
});
afterEach(() => app.close());

const origin = { ipAddress: '198.51.100.7', userAgent: 'the owner’s browser' };
const managerOf = (person: typeof member | TestApp['owner']) => ({
  actor: actorOfMember(person, person.role === 'OWNER' ? origin : { ipAddress: null, userAgent: null }),
  memberId: person.id,
  role: person.role,
});

/** Gives the member something of everything. @returns a browser of theirs, and every secret that they hold */
async function furnish() {
  const client = await registerClient({ ...app, owner: { ...app.owner, ...member } }, { name: 'Shop' });
  const browser = await signedInBrowser(app, member);
  const tokens = await obtainTokens(app, client, { scope: 'openid email offline_access' }, browser);
  const { token } = await apiTokenOf(app, 'READER', member);
  await bearer(app, token)('{ viewer { role } }');
  await postEmail(browser, 'change', { newEmail: 'new@example.com' });
  const link = await linkTo(app, 'new@example.com');
  await inviteMember(app.deps, managerOf(member), { email: 'friend@example.com', role: 'READER' });
  await updateMemberRole(app.deps, managerOf(app.owner), member.id, 'WRITER');
  await app.db.member.update({ where: { id: member.id }, data: { claims: '{"given_name":"Grace"}' } });
  await newBrowser(app).signIn({ email: member.email, password: 'a wrong long password' });
  const linkToken = new URL(link).searchParams.get('token') ?? '';
  return { browser, client, secrets: [tokens.refreshToken, tokens.accessToken, token, linkToken, client.secret] };
}

const parse = (text: string) => JSON.parse(text);

test('a member downloads one file with everything, and the audit log notes it', async () => {
  const { browser, client } = await furnish();
  expect((await browser.visit('/me/data')).html).toContain('Download my data');
  const file = await postOwn(browser, '/me/data', { decision: 'export' });
  expect(file.status).toBe(200);
  expect(file.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="latchkey-2026-06-01.json"');
  expect(file.headers.get('cache-control')).toBe('no-store');
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  const data = parse(file.html);
  expect(data).toMatchObject({
    exportedAt: '2026-06-01T12:00:00.000Z',
    cut: [],
    auditLogContinuesBefore: null,
    member: {
      id: member.id,
      email: member.email,
      emailVerified: true,
      hasPassword: true,
      role: 'WRITER',
      claims: { given_name: 'Grace' },
      account: { id: app.owner.accountId },
    },
    sessions: [{ methods: ['pwd'], endedAt: null }],
    connectedApps: [{ clientId: client.clientId, name: 'Shop', scopes: ['openid', 'email', 'offline_access'] }],
    signIns: [{ clientId: client.clientId, scopes: ['openid', 'email', 'offline_access'], revokedAt: null }],
    apiTokens: [{ name: 'READER of grace@example.com', role: 'READER', revokedAt: null }],
    emailLinks: [{ purpose: 'CHANGE_EMAIL', email: 'new@example.com', usedAt: null }],
    invitedMembers: [{ email: 'friend@example.com', status: 'INVITED' }],
    createdOAuthClients: [{ clientId: client.clientId, name: 'Shop' }],
    createdOAuthClientSecrets: [{ clientId: client.clientId }],
  });
  const actions = data.auditLog.map(({ action }: { action: string }) => action);
  for (const action of ['SIGNED_IN', 'CONSENT_GIVEN', 'MEMBER_CREATED', 'MEMBER_ROLE_CHANGED', 'SIGN_IN_REFUSED']) {
    expect(actions).toContain(action);
  }
  expect(data.auditLog.map(({ id }: { id: string }) => id)).toEqual(
    data.auditLog
      .map(({ id }: { id: string }) => id)
      .sort()
      .reverse(),
  );
  const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_DATA_EXPORTED' } });
  expect(entry).toMatchObject({ actorKind: 'MEMBER', actorId: member.id, targetId: member.id, changes: '[]' });
});

test('no secret, no hash and nothing sealed is in it', async () => {
  const { browser, secrets } = await furnish();
  const { html: text } = await postOwn(browser, '/me/data', { decision: 'export' });
  const hidden = /hash|secret$|sealed|encrypted|selector|key$/i;
  const values = Object.values(await readTables(app)).flatMap((rows) =>
    rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) =>
        hidden.test(column) && typeof value === 'string' && value.length >= 12 ? [value] : [],
      ),
    ),
  );
  expect(values.length).toBeGreaterThan(20);
  // An address is its own key.
  const found = values.filter((value) => text.includes(value) && !value.includes('@') && !value.startsWith('2026-'));
  expect(found).toEqual([]);
  for (const secret of [...secrets, memberPassword, 'a wrong long password']) expect(text).not.toContain(secret);
});

test('of others it has what the member knows: not where they were, nor the address of whoever has accepted', async () => {
  const { browser } = await furnish();
  const invited = await app.db.member.findFirstOrThrow({ where: { email: 'friend@example.com' } });
  const friend = newBrowser(app);
  await friend.submit(await friend.visit(await linkTo(app, 'friend@example.com')), {
    name: 'A friend',
    password: memberPassword,
  });
  await app.db.member.update({ where: { id: invited.id }, data: { email: 'private@example.com' } });
  const { html: text } = await postOwn(browser, '/me/data', { decision: 'export' });
  const byOthers = parse(text).auditLog.filter(({ action }: { action: string }) => action === 'MEMBER_ROLE_CHANGED');
  expect(byOthers).toHaveLength(1);
  expect(Object.keys(byOthers[0])).not.toEqual(expect.arrayContaining(['ipAddress']));
  for (const word of [origin.ipAddress, origin.userAgent, app.owner.email, 'private@example.com']) {
    expect(text).not.toContain(word);
  }
  expect(parse(text).invitedMembers).toMatchObject([{ id: invited.id, name: 'A friend', status: 'ACTIVE' }]);
});

test('what an inherited service token did before is the former owner’s: only tokens that the member made count as theirs', async () => {
  const heir = await app.addMember('READER', 'heir@example.com');
  const actAs = async (tokenId: string, email: string) => {
    const actor = { ...managerOf(member).actor, kind: 'API_TOKEN', id: tokenId, ...origin } as const;
    await inviteMember(app.deps, { ...managerOf(member), actor }, { email, role: 'READER' });
  };
  const inherited = await apiTokenOf(app, 'READER', member, { isService: true });
  await actAs(inherited.id, 'secret-friend@example.com');
  await deleteMyself(app.deps, managerOf(member), {
    confirmEmail: member.email,
    transferServiceTokensTo: heir.id,
  });
  expect((await app.db.apiToken.findUniqueOrThrow({ where: { id: inherited.id } })).ownerId).toBe(heir.id);
  const others = JSON.stringify(await exportMember(app.deps, heir.id));
  for (const word of ['secret-friend@example.com', origin.ipAddress, origin.userAgent])
    expect(others).not.toContain(word);
  // Rotated, it is a token of theirs that nobody else ever held; so is every one that they made.
  const manager = { ...managerOf(heir), accountId: heir.accountId };
  const rotation = { previousTokenExpiresInSeconds: 0 };
  const { apiToken } = await rotateApiToken(app.deps, manager, inherited.id, rotation);
  const made = await apiTokenOf(app, 'READER', { ...heir, role: 'ADMIN' }, { isService: true });
  const target = { targetId: 'x', targetLabel: 'x', accountId: heir.accountId };
  for (const [id, userAgent] of [
    [apiToken.id, 'rotated'],
    [made.id, 'made'],
  ] as const) {
    const actor = { ...managerOf(heir).actor, kind: 'API_TOKEN', id, userAgent } as const;
    await app.db.$transaction((tx) => recordAudit(tx, app.deps, actor, { action: 'MEMBER_RESTORED', ...target }));
  }
  const agents = (await exportMember(app.deps, heir.id)).auditLog.map((entry) => entry.userAgent);
  expect(agents).toEqual(expect.arrayContaining(['rotated', 'made']));
});

test('an export that was cut says so, and the next one goes on where it ended', async () => {
  const { id, accountId } = member;
  const entries = Array.from({ length: 10_050 }, () => ({
    id: app.deps.newId('auditLogEntry'),
    accountId,
    actorKind: 'MEMBER' as const,
    actorId: id,
    actorLabel: member.email,
    action: 'SIGNED_IN',
    targetId: id,
    changes: '[]',
    occurredAt: app.clock(),
  }));
  for (let from = 0; from < entries.length; from += 1000) {
    await app.db.auditLogEntry.createMany({ data: entries.slice(from, from + 1000) });
  }
  const first = await exportMember(app.deps, id);
  expect(first.cut).toEqual(['auditLog']);
  expect(first.auditLog).toHaveLength(10_000);
  expect(first.auditLogContinuesBefore).toBe(first.auditLog.at(-1)?.id);
  const second = await exportMember(app.deps, id, first.auditLogContinuesBefore);
  expect(second.cut).toEqual([]);
  const all = [...first.auditLog, ...second.auditLog].map((entry) => entry.id);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(await app.db.auditLogEntry.count({ where: { OR: [{ actorId: id }, { targetId: id }] } }));
  await expect(exportMember(app.deps, id, 'mem_x')).rejects.toThrow('not the id of an entry');
});

test('a browser of nobody, a form from elsewhere and an API token get nothing', async () => {
  expect((await newBrowser(app).visit('/me/data')).url.pathname).toBe('/login');
  expect((await postOwn(newBrowser(app), '/me/data', { decision: 'export' })).url.pathname).toBe('/login');
  const browser = await signedInBrowser(app, member);
  expect((await postForm(browser, '/me/data', { decision: 'export' })).status).toBe(403);
  const mutation = 'mutation { exportMyData(input: {}) { json userErrors { code } } }';
  const { errors } = await bearer(app, (await apiTokenOf(app, 'ADMIN', member)).token)(mutation);
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(await app.db.auditLogEntry.count({ where: { action: 'MEMBER_DATA_EXPORTED' } })).toBe(0);
});

test('of forty exports at once ten are given', async () => {
  const { actor } = managerOf(member);
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => exportMyData(app.deps, actor, member.id)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(await app.db.auditLogEntry.count({ where: { action: 'MEMBER_DATA_EXPORTED' } })).toBe(10);
});

test('from GraphQL the same, ten times an hour', async () => {
  const ask = await signedIn(app, member);
  const mutation =
    'mutation ($id: ID) { exportMyData(input: { auditLogBefore: $id }) { json userErrors { code path } } }';
  const first = (await ask(mutation)).data.exportMyData;
  expect(first.userErrors).toEqual([]);
  expect(parse(first.json).member.id).toBe(member.id);
  const wrong = (await ask(mutation, { id: member.id })).data.exportMyData;
  expect(wrong).toEqual({ json: null, userErrors: [{ code: 'INVALID', path: ['auditLogBefore'] }] });
  for (let count = 2; count < 10; count += 1) await ask(mutation);
  const { userErrors } = (await ask(mutation)).data.exportMyData;
  expect(userErrors).toEqual([{ code: 'LIMIT_EXCEEDED', path: [] }]);
  const page = await postOwn(await signedInBrowser(app, member), '/me/data', { decision: 'export' });
  expect([page.status, page.html.includes('ten times within an hour')]).toEqual([400, true]);
});
