// Everything that a client can hold of a person and of itself at one moment, and whether each part of it works.
import type { TestApp } from '../support/app.js';
import { asClient, bearer } from '../support/graphql.js';
import {
  newBrowser,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  registerClient,
  signedInBrowser,
  type TestClient,
  token,
  userinfo,
} from '../support/oauth.js';

/** A client that can get tokens in every way. */
export const registerVersatile = (app: TestApp) =>
  registerClient(app, { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] });

const scope = 'openid offline_access admin';

/** A sign-in with its tokens, another whose code is still to be redeemed, and a token of the client's own. */
export async function obtainGrants(app: TestApp, client: TestClient, person?: { email: string; password: string }) {
  const browser = person ? await signedInBrowser(app, person) : newBrowser(app);
  const { accessToken, refreshToken } = await obtainTokens(app, client, { scope }, browser);
  const pending = await obtainCode(app, client, { scope }, browser);
  return { accessToken, refreshToken, pending, machine: await asClient(app, client, 'admin'), browser };
}

export type Grants = Awaited<ReturnType<typeof obtainGrants>>;

/**
 * What each part is answered: the status, and the OAuth error where there is one. A refresh token or code that works is used
 * up by this.
 */
export async function outcomesOf(app: TestApp, client: TestClient, grants: Grants) {
  const graphql = await bearer(app, grants.accessToken)('{ viewer { role } }');
  const machine = await grants.machine('{ viewer { role } }');
  const name = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
    status === 200 ? '200' : `${status} ${body.error}`;
  return {
    userinfo: name(await userinfo(app, grants.accessToken)),
    graphql: graphql.status,
    // Such a token acts for no member: 403 while it lives, 401 when it does not.
    'a token of the client’s own': machine.status,
    'new client credentials': name(await token(app, client, { grant_type: 'client_credentials' })),
    refresh: name(await refresh(app, client, grants.refreshToken)),
    code: name(await redeem(app, client, grants.pending)),
  };
}

/** The outcomes while all is well. */
export const allWork = {
  userinfo: '200',
  graphql: 200,
  'a token of the client’s own': 403,
  'new client credentials': '200',
  refresh: '200',
  code: '200',
};

/** The outcomes when the client itself is turned away. */
export const clientRefused = {
  userinfo: '401 invalid_token',
  graphql: 401,
  'a token of the client’s own': 401,
  'new client credentials': '401 invalid_client',
  refresh: '401 invalid_client',
  code: '401 invalid_client',
};
