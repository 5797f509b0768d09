// One caller of every kind for the tests of who may do and see what: each credential, with each role, scope and fate that it
// can have. Which of them are answered alike is said here; what they are answered is the tables' part.
import type { TestApp } from '../support/app.js';
import { type Ask, anonymous, apiTokenOf, asClient, bearer, signedIn, throughClient } from '../support/graphql.js';
import { newBrowser, obtainCode, redeem, registerClient } from '../support/oauth.js';

/** Callers whom no field tells apart. */
export type Group =
  | 'nobody'
  | 'dead token'
  | 'token for elsewhere'
  | 'member'
  | 'token of a member'
  | 'admin'
  | 'OAuth token of an admin'
  | 'foreigner'
  | 'OAuth token of a foreigner';

export const groupOf = {
  anonymous: 'nobody',
  'session of a suspended ADMIN': 'nobody',
  'session of a READER': 'member',
  'session of a WRITER': 'member',
  'session of an ADMIN': 'admin',
  'session of the OWNER': 'admin',
  'API token of role READER': 'token of a member',
  'API token of role WRITER': 'token of a member',
  'API token of role ADMIN': 'admin',
  'service token of role READER': 'token of a member',
  'service token of role WRITER': 'token of a member',
  'service token of role ADMIN': 'admin',
  'API token that a READER made': 'token of a member',
  'API token of role ADMIN, its owner demoted': 'token of a member',
  'service token of role ADMIN, its owner demoted': 'token of a member',
  'API token of role ADMIN, its owner suspended': 'dead token',
  'API token of role ADMIN, expired': 'dead token',
  'API token of role ADMIN, revoked': 'dead token',
  'OAuth token with openid alone': 'token for elsewhere',
  'OAuth token with reader': 'token of a member',
  'OAuth token with writer': 'token of a member',
  'OAuth token with admin': 'OAuth token of an admin',
  'OAuth token with admin of a READER': 'token of a member',
  'OAuth token with openid alone, through another account’s client': 'token for elsewhere',
  'OAuth token with reader, through another account’s client': 'token of a member',
  'OAuth token with writer, through another account’s client': 'token of a member',
  'OAuth token with admin, through another account’s client': 'OAuth token of an admin',
  'token of a client by itself': 'token for elsewhere',
  'session of another account’s OWNER': 'foreigner',
  'API token of another account': 'foreigner',
  'OAuth token of another account’s OWNER, through our client': 'OAuth token of a foreigner',
} as const satisfies Record<string, Group>;

export type CallerName = keyof typeof groupOf;
export const callerNames = Object.keys(groupOf) as CallerName[];

export interface Caller {
  readonly ask: Ask;
  /** Whose rights it uses; null for nobody's. */
  readonly memberId: string | null;
}

type Person = Awaited<ReturnType<TestApp['addMember']>> | TestApp['owner'];

/** The same application for helpers that act for its owner, with another owner. */
export function ownedBy(app: TestApp, owner: Person): TestApp {
  return { ...app, owner };
}

/** A client of the person's account through which members of all accounts can sign in. */
async function verifiedClient(app: TestApp, owner: Person) {
  const client = await registerClient(ownedBy(app, owner), {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  await app.db.oAuthClient.update({ where: { id: client.id }, data: { verifiedAt: app.deps.clock() } });
  return client;
}

/**
 * Does something that may rename an account, and then has its clients verified as they were: a rename takes that back, and with
 * it whatever members of other accounts got through them.
 */
export async function keepingVerified<T>(app: TestApp, work: () => Promise<T>): Promise<T> {
  const verified = await app.db.oAuthClient.findMany({ where: { verifiedAt: { not: null } } });
  const result = await work();
  for (const { id, verifiedAt } of verified)
    await app.db.oAuthClient.updateMany({ where: { id }, data: { verifiedAt } });
  return result;
}

/** A person acting through a client of any account. */
async function through(app: TestApp, client: Awaited<ReturnType<typeof registerClient>>, person: Person) {
  const browser = newBrowser(app);
  await browser.signIn(person);
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope: 'openid admin' }, browser));
  return bearer(app, body.access_token ?? '');
}

/** Callers by name; all but the foreign ones act for members of the account of the app's owner. */
export async function callersOf(app: TestApp) {
  const { owner, db } = app;
  const member = async (role: 'READER' | 'WRITER' | 'ADMIN', email?: string) => app.addMember(role, email);
  const [reader, writer, admin] = [await member('READER'), await member('WRITER'), await member('ADMIN')];
  const other = await app.addAccount();
  const own = await verifiedClient(app, owner);
  const foreign = await verifiedClient(app, other.owner);

  const suspended = await member('ADMIN', 'suspended@example.com');
  const suspendedSession = await signedIn(app, suspended);
  const suspendedToken = await apiTokenOf(app, 'ADMIN', suspended);
  await db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });

  const demoted = await member('ADMIN', 'demoted@example.com');
  const demotedToken = await apiTokenOf(app, 'ADMIN', demoted);
  const demotedService = await apiTokenOf(app, 'ADMIN', demoted, { isService: true });
  await db.member.update({ where: { id: demoted.id }, data: { role: 'READER' } });

  const earlier = new Date(app.clock().getTime() - 1000);
  const dead = async (data: { expiresAt: Date } | { revokedAt: Date }) => {
    const { id, token } = await apiTokenOf(app, 'ADMIN');
    await db.apiToken.update({ where: { id }, data });
    return bearer(app, token);
  };
  const by = async (ask: Ask | Promise<Ask>, person: Person = owner): Promise<Caller> => ({
    ask: await ask,
    memberId: person.id,
  });
  const nobody = async (ask: Ask | Promise<Ask>): Promise<Caller> => ({ ask: await ask, memberId: null });
  const token = async (role: 'READER' | 'WRITER' | 'ADMIN', isService = false) =>
    bearer(app, (await apiTokenOf(app, role, owner, { isService })).token);

  const callers: Record<CallerName, Caller> = {
    anonymous: await nobody(anonymous(app)),
    'session of a suspended ADMIN': await nobody(suspendedSession),
    'session of a READER': await by(signedIn(app, reader), reader),
    'session of a WRITER': await by(signedIn(app, writer), writer),
    'session of an ADMIN': await by(signedIn(app, admin), admin),
    'session of the OWNER': await by(signedIn(app, owner)),
    'API token of role READER': await by(token('READER')),
    'API token of role WRITER': await by(token('WRITER')),
    'API token of role ADMIN': await by(token('ADMIN')),
    'service token of role READER': await by(token('READER', true)),
    'service token of role WRITER': await by(token('WRITER', true)),
    'service token of role ADMIN': await by(token('ADMIN', true)),
    'API token that a READER made': await by(bearer(app, (await apiTokenOf(app, 'READER', reader)).token), reader),
    'API token of role ADMIN, its owner demoted': await by(bearer(app, demotedToken.token), demoted),
    'service token of role ADMIN, its owner demoted': await by(bearer(app, demotedService.token), demoted),
    'API token of role ADMIN, its owner suspended': await nobody(bearer(app, suspendedToken.token)),
    'API token of role ADMIN, expired': await nobody(dead({ expiresAt: earlier })),
    'API token of role ADMIN, revoked': await nobody(dead({ revokedAt: earlier })),
    'OAuth token with openid alone': await nobody(throughClient(app, own, 'openid')),
    'OAuth token with reader': await by(throughClient(app, own, 'openid reader')),
    'OAuth token with writer': await by(throughClient(app, own, 'openid writer')),
    'OAuth token with admin': await by(throughClient(app, own, 'openid admin')),
    'OAuth token with admin of a READER': await by(through(app, own, reader), reader),
    'OAuth token with openid alone, through another account’s client': await nobody(
      throughClient(app, foreign, 'openid'),
    ),
    'OAuth token with reader, through another account’s client': await by(throughClient(app, foreign, 'openid reader')),
    'OAuth token with writer, through another account’s client': await by(throughClient(app, foreign, 'openid writer')),
    'OAuth token with admin, through another account’s client': await by(throughClient(app, foreign, 'openid admin')),
    'token of a client by itself': await nobody(asClient(app, own, 'admin')),
    'session of another account’s OWNER': await by(signedIn(app, other.owner), other.owner),
    'API token of another account': await by(
      bearer(app, (await apiTokenOf(app, 'ADMIN', other.owner)).token),
      other.owner,
    ),
    'OAuth token of another account’s OWNER, through our client': await by(through(app, own, other.owner), other.owner),
  };
  return { callers, other, members: { reader, writer, admin }, clients: { own, foreign } };
}
