// Modules about the discovery document and about signing out.
import { decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import { backchannelLogout, postLogoutRedirect, type Run } from './suite.js';

type Module = (run: Run) => Promise<void>;

/** Discovery 3 and 4.3. */
const discovery: Module = async (run) => {
  const document = await run.discovery();
  const { issuer } = run.app;
  expect(document.issuer).toBe(issuer);
  const endpoints = Object.entries(document).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
  expect(endpoints.length).toBeGreaterThanOrEqual(4);
  for (const [name, url] of endpoints) expect([name, String(url).startsWith(`${issuer}/`)]).toEqual([name, true]);
  expect(document).toMatchObject({
    response_types_supported: expect.arrayContaining(['code']),
    response_modes_supported: expect.arrayContaining(['query', 'form_post']),
    grant_types_supported: expect.arrayContaining(['authorization_code', 'refresh_token']),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
    token_endpoint_auth_methods_supported: expect.arrayContaining(['client_secret_basic', 'client_secret_post']),
    scopes_supported: expect.arrayContaining(['openid', 'profile', 'email', 'address', 'phone', 'offline_access']),
    claims_supported: expect.arrayContaining(['sub', 'name', 'email', 'address', 'phone_number']),
    claims_parameter_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  });
  const { keys } = await (await run.app.request('/oauth/jwks')).json();
  for (const key of keys) {
    expect(key).toMatchObject({ kid: expect.any(String), use: 'sig', alg: expect.any(String) });
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  }
};

const logoutDiscovery: Module = async (run) => {
  expect((await run.discovery()).end_session_endpoint).toBe(`${run.app.issuer}/oauth/logout`);
};

const backchannelDiscovery: Module = async (run) => {
  expect(await run.discovery()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
};

async function isSignedIn(run: Run): Promise<boolean> {
  const url = new URL(run.authorizeUrl({ prompt: 'none', response_mode: undefined }));
  const { url: end } = await run.browser.visit(url.href);
  return end.searchParams.has('code');
}

interface Logout {
  readonly hint?: (idToken: string) => string | undefined;
  readonly uri?: string | undefined;
  readonly state?: string | undefined;
}

/** Signs in, asks to sign out, and tells where that ended. */
async function signOut(run: Run, { hint = (idToken) => idToken, uri, state }: Logout) {
  const { tokens } = await run.signIn();
  expect(await isSignedIn(run)).toBe(true);
  const parameters = { id_token_hint: hint(tokens.idToken), post_logout_redirect_uri: uri, state };
  const given = Object.entries(parameters).filter((each): each is [string, string] => each[1] !== undefined);
  const seen = await run.visit(`${run.app.issuer}/oauth/logout?${new URLSearchParams(given)}`);
  return { ...seen, tokens };
}

/** The person is sent back, signed out, with the state that was sent (RP-Initiated Logout 2, 3). */
const sendsBack =
  (state: string | undefined): Module =>
  async (run) => {
    const { page } = await signOut(run, { uri: postLogoutRedirect, state });
    expect(page.url.href).toBe(state === undefined ? postLogoutRedirect : `${postLogoutRedirect}?state=${state}`);
    expect(await isSignedIn(run)).toBe(false);
  };

/** An error is shown, nobody is sent anywhere, and the session goes on (section 4). */
const refused =
  (logout: Logout): Module =>
  async (run) => {
    const { page, response } = await signOut(run, { uri: postLogoutRedirect, state: 'state', ...logout });
    expect([response, page.left, page.status]).toEqual([null, false, 400]);
    expect(await isSignedIn(run)).toBe(true);
  };

/** The person is asked, signed out, and stays with us: there is nowhere to go. */
const endsWithUs =
  (logout: Logout): Module =>
  async (run) => {
    const { page, response } = await signOut(run, logout);
    expect([response, page.left, page.url.pathname]).toEqual([null, false, '/logout']);
    expect(await isSignedIn(run)).toBe(false);
  };

const withoutHint = () => undefined;

/** A signature with another letter in its middle. */
function modified(idToken: string): string {
  const at = idToken.length - 20;
  return `${idToken.slice(0, at)}${idToken[at] === 'A' ? 'B' : 'A'}${idToken.slice(at + 1)}`;
}

/** Back-Channel Logout 2.4, 2.5: what the client's endpoint is sent. */
const backchannel: Module = async (run) => {
  const posts: { url: string; form: URLSearchParams }[] = [];
  const { outbound, logoutCourier } = run.app.deps;
  const { post } = outbound;
  await run.app.db.logoutDelivery.deleteMany();
  // The suite's endpoint, which is not on this network.
  outbound.post = async (url, form) => void posts.push({ url, form });
  try {
    const { tokens } = await signOut(run, { uri: postLogoutRedirect, state: 'state' });
    await logoutCourier.deliverDue();
    const [sent] = posts;
    expect(posts.map(({ url }) => url)).toEqual([backchannelLogout]);
    expect([...(sent?.form.keys() ?? [])]).toEqual(['logout_token']);
    const { typ } = decodeProtectedHeader(sent?.form.get('logout_token') ?? '');
    expect(typ).toBe('logout+jwt');
    const claims = await run.verifyIdToken(sent?.form.get('logout_token') ?? '');
    const { sub, sid } = tokens.claims;
    expect(claims).toMatchObject({
      sub,
      sid,
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(claims).not.toHaveProperty('nonce');
  } finally {
    outbound.post = post;
  }
};

const prefixed = (prefix: string, modules: Readonly<Record<string, Module>>) =>
  Object.fromEntries(Object.entries(modules).map(([name, module]) => [`${prefix}${name}`, module]));

export const discoveryModules: Readonly<Record<string, Module>> = {
  'oidcc-discovery-endpoint-verification': discovery,
};

export const logoutModules: Readonly<Record<string, Module>> = prefixed('oidcc-rp-initiated-logout', {
  '-discovery-endpoint-verification': logoutDiscovery,
  '': sendsBack('state'),
  '-bad-post-logout-redirect-uri': refused({ uri: `${postLogoutRedirect}/unregistered` }),
  '-modified-id-token-hint': refused({ hint: modified }),
  '-no-id-token-hint': refused({ hint: withoutHint }),
  '-no-params': endsWithUs({ hint: withoutHint }),
  '-no-post-logout-redirect-uri': endsWithUs({ state: 'state' }),
  '-no-state': sendsBack(undefined),
  '-only-state': endsWithUs({ hint: withoutHint, state: 'state' }),
  '-query-added-to-post-logout-redirect-uri': refused({ uri: `${postLogoutRedirect}?foo=bar` }),
  '-bad-id-token-hint': refused({ hint: () => 'not.an.idtoken' }),
});

export const backchannelModules: Readonly<Record<string, Module>> = {
  'oidcc-backchannel-logout-discovery-endpoint-verification': backchannelDiscovery,
  'oidcc-backchannel-rp-initiated-logout': backchannel,
};
