// One caller of every kind for the authorization matrix: each credential, with each role or scope that it can have.
import type { TestApp } from '../support/app.js';
import { type Ask, anonymous, apiTokenOf, asClient, bearer, signedIn, throughClient } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

/** Callers by name, in the account of the app's owner save for the one of another account. */
export async function callersOf(app: TestApp) {
  const reader = await app.addMember('READER');
  const writer = await app.addMember('WRITER');
  const admin = await app.addMember('ADMIN');
  const other = await app.addAccount();

  const suspended = await app.addMember('ADMIN', 'suspended@example.com');
  const suspendedSession = await signedIn(app, suspended);
  await app.db.member.update({ where: { id: suspended.id }, data: { status: 'SUSPENDED' } });

  const demoted = await app.addMember('ADMIN', 'demoted@example.com');
  const demotedToken = await apiTokenOf(app, 'ADMIN', demoted);
  await app.db.member.update({ where: { id: demoted.id }, data: { role: 'READER' } });

  const client = await registerClient(app, {
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  });
  const token = async (role: 'READER' | 'WRITER' | 'ADMIN') => bearer(app, (await apiTokenOf(app, role)).token);

  const callers = {
    anonymous: anonymous(app),
    'session of a suspended ADMIN': suspendedSession,
    'session of a READER': await signedIn(app, reader),
    'session of a WRITER': await signedIn(app, writer),
    'session of an ADMIN': await signedIn(app, admin),
    'session of the OWNER': await signedIn(app, app.owner),
    'session of another account’s OWNER': await signedIn(app, other.owner),
    'API token of role READER': await token('READER'),
    'API token of role WRITER': await token('WRITER'),
    'API token of role ADMIN': await token('ADMIN'),
    'API token of role ADMIN, its owner demoted': bearer(app, demotedToken.token),
    'OAuth token with openid alone': await throughClient(app, client, 'openid'),
    'OAuth token with reader': await throughClient(app, client, 'openid reader'),
    'OAuth token with writer': await throughClient(app, client, 'openid writer'),
    'OAuth token with admin': await throughClient(app, client, 'openid admin'),
    'token of a client by itself': await asClient(app, client, 'admin'),
  } satisfies Record<string, Ask>;
  return { callers, other };
}

export type CallerName = keyof Awaited<ReturnType<typeof callersOf>>['callers'];
