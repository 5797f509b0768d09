// Every mutation writes its entry of the audit log in the transaction of its change: without the entry there is no change. And
// no entry holds what is shown once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../src/api/schema.js';
import type { AuditAction } from '../../src/audit/actions.js';
import { targetsOf } from '../api/targets.js';
import { mutate } from '../clients/mutate.js';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { testProvider } from '../support/database.js';
import { dumpLasting } from '../support/dump.js';
import { type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

type Input = Readonly<Record<string, unknown>>;

interface Mutation {
  readonly prepare: () => Promise<Input>;
  readonly action: AuditAction;
  /** Somebody else than the owner, who may not. */
  readonly by?: () => Promise<{ readonly ask: Ask; readonly id: string }>;
  /** Where the payload shows a secret. */
  readonly shown?: 'clientSecret' | 'token';
}

const ofMember = async () => ({ memberId: (await app.addMember('WRITER', `${randomUUID()}@example.com`)).id });
const targets = async () => targetsOf(app);

const ofClient = async () => ({ id: (await registerClient(app)).id });
const ofApi = async () => ({ id: (await registerApi(app, { audience: `https://${randomUUID()}.example` })).id });
const ofToken = async () => ({ id: (await apiTokenOf(app, 'READER')).id });

async function ofSecret(): Promise<Input> {
  const { id } = await registerClient(app);
  return { secretId: (await app.db.oAuthClientSecret.findFirstOrThrow({ where: { clientId: id } })).id };
}

async function ofDisabledClient(): Promise<Input> {
  const { id } = await registerClient(app);
  await app.db.oAuthClient.update({ where: { id }, data: { disabledAt: app.clock() } });
  return { id };
}

const mutations: Record<string, Mutation> = {
  updateAccount: { prepare: async () => ({ name: 'Example Ltd' }), action: 'ACCOUNT_UPDATED' },

  createApiResource: {
    prepare: async () => ({ audience: 'https://api.example.com', name: 'API' }),
    action: 'API_RESOURCE_CREATED',
  },
  deleteApiResource: { prepare: ofApi, action: 'API_RESOURCE_DELETED' },
  updateApiResource: {
    prepare: async () => ({ ...(await ofApi()), name: 'Other API' }),
    action: 'API_RESOURCE_UPDATED',
  },

  inviteMember: {
    prepare: async () => ({ email: `${randomUUID()}@example.com`, role: 'READER' }),
    action: 'MEMBER_INVITED',
  },
  resendInvitation: {
    prepare: async () => ({ memberId: (await (await targets()).invitedMember()).id }),
    action: 'MEMBER_INVITATION_RESENT',
  },
  updateMemberRole: {
    prepare: async () => ({ ...(await ofMember()), role: 'READER' }),
    action: 'MEMBER_ROLE_CHANGED',
  },
  suspendMember: { prepare: ofMember, action: 'MEMBER_SUSPENDED' },
  restoreMember: {
    prepare: async () => ({ memberId: (await (await targets()).suspendedMember()).id }),
    action: 'MEMBER_RESTORED',
  },
  removeMember: { prepare: ofMember, action: 'MEMBER_REMOVED' },
  transferOwnership: { prepare: ofMember, action: 'ACCOUNT_OWNERSHIP_TRANSFERRED' },

  revokeConsent: {
    prepare: async () => ({ id: (await (await targets()).consent()).id }),
    action: 'CONSENT_REVOKED',
  },
  revokeSession: {
    prepare: async () => ({ id: (await (await targets()).session()).id }),
    action: 'SESSIONS_REVOKED',
  },
  revokeOtherSessions: {
    prepare: async () => ({ memberId: (await (await targets()).signedInMember()).id }),
    action: 'SESSIONS_REVOKED',
  },
  sendEmailVerification: {
    async prepare() {
      await app.db.member.update({ where: { id: app.owner.id }, data: { emailVerifiedAt: null } });
      return { email: app.owner.email };
    },
    action: 'MEMBER_EMAIL_VERIFICATION_SENT',
  },
  requestEmailChange: {
    prepare: async () => ({ newEmail: `${randomUUID()}@example.com` }),
    action: 'MEMBER_EMAIL_CHANGE_REQUESTED',
  },
  cancelEmailChange: {
    async prepare() {
      const newEmail = `${randomUUID()}@example.com`;
      await mutate(owner, 'requestEmailChange', { newEmail });
      return { newEmail };
    },
    action: 'MEMBER_EMAIL_CHANGE_CANCELLED',
  },
  exportMyData: { prepare: async () => ({}), action: 'MEMBER_DATA_EXPORTED' },
  deleteMyself: {
    prepare: async () => ({ confirmEmail: 'leaving@example.com' }),
    action: 'MEMBER_DELETED',
    async by() {
      const member = await app.addMember('READER', 'leaving@example.com');
      return { ask: await signedIn(app, member), id: member.id };
    },
  },

  createApiToken: {
    prepare: async () => ({ name: 'Mine', role: 'READER' }),
    action: 'API_TOKEN_CREATED',
    shown: 'token',
  },
  createOAuthClient: {
    prepare: async () => ({ name: 'App', redirectUris: ['https://app.example.com/'] }),
    action: 'OAUTH_CLIENT_CREATED',
    shown: 'clientSecret',
  },
  deleteOAuthClient: { prepare: ofClient, action: 'OAUTH_CLIENT_DELETED' },
  disableOAuthClient: { prepare: ofClient, action: 'OAUTH_CLIENT_DISABLED' },
  enableOAuthClient: { prepare: ofDisabledClient, action: 'OAUTH_CLIENT_ENABLED' },
  revokeApiToken: { prepare: ofToken, action: 'API_TOKEN_REVOKED' },
  revokeOAuthClientSecret: { prepare: ofSecret, action: 'OAUTH_CLIENT_SECRET_REVOKED' },
  revokeOAuthClientTokens: { prepare: ofClient, action: 'OAUTH_CLIENT_TOKENS_REVOKED' },
  rotateApiToken: { prepare: ofToken, action: 'API_TOKEN_ROTATED', shown: 'token' },
  rotateOAuthClientSecret: { prepare: ofClient, action: 'OAUTH_CLIENT_SECRET_ROTATED', shown: 'clientSecret' },
  updateOAuthClient: {
    prepare: async () => ({ ...(await ofClient()), name: 'Renamed', redirectUris: ['https://new.example.com/'] }),
    action: 'OAUTH_CLIENT_UPDATED',
  },
};

test('the table names every mutation that there is, and no other', () => {
  expect(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort()).toEqual(Object.keys(mutations).sort());
});

const statements = {
  sqlite: {
    refuse: [
      `CREATE TRIGGER no_audit BEFORE INSERT ON "AuditLogEntry" BEGIN SELECT RAISE(ABORT, 'no entry today'); END`,
    ],
    allow: ['DROP TRIGGER no_audit'],
  },
  postgresql: {
    refuse: [
      `CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no entry today'; END $$`,
      'CREATE TRIGGER no_audit BEFORE INSERT ON "AuditLogEntry" FOR EACH ROW EXECUTE FUNCTION no_audit()',
    ],
    allow: ['DROP FUNCTION no_audit() CASCADE'],
  },
}[testProvider];

/** Runs a step while the database takes no entry. */
async function withoutAudit<Result>(step: () => Promise<Result>): Promise<Result> {
  for (const sql of statements.refuse) await app.db.$executeRawUnsafe(sql);
  try {
    return await step();
  } finally {
    for (const sql of statements.allow) await app.db.$executeRawUnsafe(sql);
  }
}

/** Everything that was shown once, by whoever showed it. */
const secrets: [string, string][] = [];

describe.each(Object.entries(mutations))('%s', (name, { prepare, action, by, shown }) => {
  test('changes nothing when its entry cannot be written, and else writes one', async () => {
    const { ask, id } = (await by?.()) ?? { ask: owner, id: app.owner.id };
    const input = await prepare();
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`;
    const before = await dumpLasting(app);
    const { data, errors } = await withoutAudit(() => ask(operation, { input }));
    expect(data).toEqual({ [name]: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(await dumpLasting(app)).toEqual(before);
    expect(app.logLines.join('')).toContain('no entry today');

    const count = () => app.db.auditLogEntry.count({ where: { action, actorId: id } });
    const written = await count();
    const payload = await mutate(ask, name, input, shown ?? '');
    expect(payload.userErrors).toEqual([]);
    expect(await count()).toBe(written + 1);
    if (shown) secrets.push([name, payload[shown]]);
  });
});

/** How a secret might be hidden: as it is, its random part alone, as base64, as hexadecimal. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    secret.slice(-49, -6),
    bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
    bytes.toString('hex'),
  ];
}

test('no secret and no hash of one is in any row, after every mutation and what is refused with a secret in hand', async () => {
  expect(secrets).toHaveLength(Object.values(mutations).filter(({ shown }) => shown).length);
  const member = await signedIn(app, await app.addMember('READER'));
  for (const [, secret] of secrets) {
    // In every place where somebody might paste one.
    await member(`{ secret: oauthClient(clientId: "${secret}") { id } }`);
    await member('query ($filter: AuditLogFilter) { auditLog(filter: $filter) { nodes { id } } }', {
      filter: { actorId: secret },
    });
    await mutate(owner, 'revokeApiToken', { id: secret });
    await mutate(owner, 'updateOAuthClient', { clientId: secret, name: 'x' });
  }
  const hashes = [
    ...(await app.db.oAuthClientSecret.findMany()).map(({ hash }) => hash),
    ...(await app.db.apiToken.findMany()).map(({ tokenHash }) => tokenHash),
  ];
  const rows = await app.db.auditLogEntry.findMany();
  const text = JSON.stringify(rows);
  // The search finds what is there.
  for (const word of ['REQUEST_REFUSED', 'Renamed', app.owner.email]) expect(text).toContain(word);
  for (const [name, secret] of secrets) {
    for (const spelling of spellings(secret)) expect(text.includes(spelling), name).toBe(false);
  }
  for (const hash of hashes) expect(text).not.toContain(hash);
});
