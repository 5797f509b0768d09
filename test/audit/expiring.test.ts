// Client secrets that expire soon and that nothing takes the place of are noted in the audit log, once, in time.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noteExpiringSecrets } from '../../src/clients/expiry.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { queuedMails } from '../support/mail.js';
import { registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeEach(async () => {
  app = await createTestApp();
  client = await registerClient(app, { name: 'Portal' });
});
afterEach(() => app.close());

const inDays = (days: number) => new Date(app.clock().getTime() + days * 86_400_000);

/** Sets when a client's only secret expires. @returns its id */
async function expire(of: TestClient, expiresAt: Date | null): Promise<string> {
  await app.db.oAuthClientSecret.updateMany({ where: { clientId: of.id }, data: { expiresAt } });
  return (await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: of.id } })).id;
}

/** One more secret of a client. */
async function add(of: TestClient, more: { expiresAt?: Date | null; revokedAt?: Date | null }): Promise<string> {
  const id = app.deps.newId('clientSecret');
  const secret = { selector: id.slice(-12), hash: 'none', hint: 'none', createdAt: app.clock() };
  await app.db.oAuthClientSecret.create({ data: { id, clientId: of.id, ...secret, ...more } });
  return id;
}

const noted = () =>
  app.db.auditLogEntry.findMany({ where: { action: 'OAUTH_CLIENT_SECRET_EXPIRING' }, orderBy: { id: 'asc' } });

test('a client’s last secret is noted 30 days ahead, by the system, in the client’s account', async () => {
  const expiresAt = inDays(31);
  const secretId = await expire(client, expiresAt);
  await tidy(app.deps);
  expect(await noted()).toEqual([]);
  app.clock.advance(86_400);
  await tidy(app.deps);
  const [entry, ...others] = await noted();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    accountId: app.owner.accountId,
    actorKind: 'SYSTEM',
    actorId: null,
    targetId: client.id,
    targetLabel: 'Portal',
  });
  expect(JSON.parse(entry?.changes ?? '')).toEqual([
    { field: 'secret', before: null, after: secretId },
    { field: 'secretExpiresAt', before: null, after: expiresAt.toISOString() },
  ]);
  const { hash, selector } = await app.db.oAuthClientSecret.findUniqueOrThrow({ where: { id: secretId } });
  for (const text of [hash, selector, client.secret]) expect(JSON.stringify(entry)).not.toContain(text);
});

test('it is noted once, however often and by however many processes it is looked for', async () => {
  await expire(client, inDays(10));
  const results = await Promise.all([1, 2, 3, 4].map(() => noteExpiringSecrets(app.deps)));
  expect(results.toSorted()).toEqual([0, 0, 0, 1]);
  app.clock.advance(86_400);
  expect(await noteExpiringSecrets(app.deps)).toBe(0);
  expect(await noted()).toHaveLength(1);
});

describe('nothing is noted', () => {
  const silent: Record<string, () => Promise<unknown>> = {
    'when it lasts longer': () => expire(client, inDays(30.01)),
    'when it never expires': () => expire(client, null),
    'when it has expired': () => expire(client, inDays(-0.01)),
    'when it was revoked': async () => {
      await expire(client, inDays(5));
      await app.db.oAuthClientSecret.updateMany({ data: { revokedAt: app.clock() } });
    },
    'when another secret never expires': async () => {
      await expire(client, inDays(5));
      await add(client, { expiresAt: null });
    },
    'when another secret lasts beyond the 30 days': async () => {
      await expire(client, inDays(5));
      await add(client, { expiresAt: inDays(31) });
    },
    'when the client is disabled': async () => {
      await expire(client, inDays(5));
      await app.db.oAuthClient.update({ where: { id: client.id }, data: { disabledAt: app.clock() } });
    },
    'when the client proves itself in another way': async () => {
      await expire(client, inDays(5));
      await app.db.oAuthClient.update({
        where: { id: client.id },
        data: { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' },
      });
    },
  };

  test.each(Object.entries(silent))('%s', async (_name, prepare) => {
    await prepare();
    expect(await noteExpiringSecrets(app.deps)).toBe(0);
    expect(await noted()).toEqual([]);
  });
});

test('a secret is noted when what would outlive it was revoked or is another client’s', async () => {
  const secretId = await expire(client, inDays(5));
  await add(client, { expiresAt: null, revokedAt: app.clock() });
  await registerClient(app, { name: 'Another' });
  expect(await noteExpiringSecrets(app.deps)).toBe(1);
  expect((await noted())[0]?.changes).toContain(secretId);
});

test('two secrets that end within the 30 days are both noted', async () => {
  await expire(client, inDays(5));
  await add(client, { expiresAt: inDays(20) });
  expect(await noteExpiringSecrets(app.deps)).toBe(2);
});

test('a client that was disabled is noted when it works again', async () => {
  await expire(client, inDays(5));
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { disabledAt: app.clock() } });
  await noteExpiringSecrets(app.deps);
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { disabledAt: null } });
  expect(await noteExpiringSecrets(app.deps)).toBe(1);
});

test('more than a batch of them are noted in one run', async () => {
  await expire(client, inDays(5));
  for (let index = 0; index < 120; index += 1) await add(client, { expiresAt: inDays(6) });
  expect(await noteExpiringSecrets(app.deps)).toBe(121);
});

test('a secret whose note cannot be written is noted later', async () => {
  const secretId = await expire(client, inDays(5));
  const taken = app.deps.newId('auditLogEntry');
  const entry = { actorKind: 'SYSTEM' as const, actorLabel: 'system', action: 'SIGNED_IN', changes: '[]' };
  await app.db.auditLogEntry.create({ data: { id: taken, ...entry, occurredAt: app.clock() } });
  await expect(noteExpiringSecrets({ ...app.deps, newId: () => taken })).rejects.toThrow();
  expect(await app.db.oAuthClientSecret.findUniqueOrThrow({ where: { id: secretId } })).toMatchObject({
    expiryNotedAt: null,
  });
  expect(await noteExpiringSecrets(app.deps)).toBe(1);
});

describe('the account’s owner and admins are told by e-mail', () => {
  test('once, with the client, the secret’s last characters, the day and where to rotate it', async () => {
    const admin = await app.addMember('ADMIN');
    await app.addMember('WRITER');
    const another = await app.addAccount();
    await app.addMember('ADMIN', 'admin@another.example', another.account.id);
    await expire(client, inDays(10));
    await Promise.all([1, 2, 3].map(() => noteExpiringSecrets(app.deps)));
    await noteExpiringSecrets(app.deps);
    const mails = await queuedMails(app);
    expect(mails.map(({ to }) => to)).toEqual([app.owner.email, admin.email]);
    const { hint } = await app.db.oAuthClientSecret.findFirstOrThrow();
    expect(mails[0]).toMatchObject({
      subject: 'A secret of Portal expires on 11 June 2026',
      paragraphs: [
        expect.stringContaining(`“Portal”, the one that ends in ${hint}, expires on 11 June 2026`),
        expect.any(String),
      ],
      action: { url: `${app.issuer}/graphql` },
    });
    expect(JSON.stringify(mails)).not.toContain(client.secret);
  });

  test('not those who are suspended or whose address nobody proved', async () => {
    const suspended = await app.addMember('ADMIN', 'suspended@example.com');
    const unproved = await app.addMember('ADMIN', 'unproved@example.com');
    await app.db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });
    await app.db.member.update({ where: { id: unproved.id }, data: { emailVerifiedAt: null } });
    await expire(client, inDays(10));
    await noteExpiringSecrets(app.deps);
    expect((await queuedMails(app)).map(({ to }) => to)).toEqual([app.owner.email]);
  });

  test('twenty of them at most, the owner among them', async () => {
    for (let index = 0; index < 25; index += 1) await app.addMember('ADMIN', `admin${index}@example.com`);
    await expire(client, inDays(10));
    await noteExpiringSecrets(app.deps);
    const receivers = (await queuedMails(app)).map(({ to }) => to);
    expect([receivers.length, receivers[0]]).toEqual([20, app.owner.email]);
  });

  test('in the transaction of the audit entry, or not at all', async () => {
    await expire(client, inDays(10));
    const newId = (kind: Parameters<typeof app.deps.newId>[0]) => {
      if (kind === 'mailDelivery') throw new Error('no id');
      return app.deps.newId(kind);
    };
    await expect(noteExpiringSecrets({ ...app.deps, newId })).rejects.toThrow('no id');
    expect(await noted()).toEqual([]);
    expect(await noteExpiringSecrets(app.deps)).toBe(1);
    expect(await queuedMails(app)).toHaveLength(1);
  });
});
