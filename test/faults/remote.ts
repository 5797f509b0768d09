// A running service as the helpers of test/support see an application in process, with every answer written down; and an owner's
// client there, whose credentials come over HTTP alone.
import { ownerPassword, type TestApp } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import { redirectUri, type TestClient } from '../support/oauth.js';

/** One answer, or that none came. */
export interface Noted {
  readonly path: string;
  /** 0 when the connection was refused or broke. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly milliseconds: number;
}

export interface Remote {
  /** For the helpers that take an application: they ask it over HTTP and know its owner's e-mail address and password. */
  readonly app: TestApp;
  readonly noted: Noted[];
}

const patienceMilliseconds = 60_000;

/**
 * @param at where it listens, if that is not its issuer
 * @param headers sent with every request
 */
export function remote(issuer: string, at = issuer, headers: Readonly<Record<string, string>> = {}): Remote {
  const noted: Noted[] = [];
  const request = async (path: string, init: RequestInit = {}) => {
    const { pathname, search } = new URL(path, issuer);
    const given = new Headers(init.headers);
    for (const [name, value] of Object.entries(headers)) given.set(name, value);
    const began = performance.now();
    const note = (status: number, retryAfter: string | null) =>
      noted.push({ path: pathname, status, retryAfter, milliseconds: performance.now() - began });
    try {
      const signal = AbortSignal.timeout(patienceMilliseconds);
      const response = await fetch(new URL(pathname + search, at), {
        redirect: 'manual',
        signal,
        ...init,
        headers: given,
      });
      note(response.status, response.headers.get('retry-after'));
      return response;
    } catch (error) {
      note(0, null);
      throw error;
    }
  };
  const owner = { email: 'owner@example.com', password: ownerPassword };
  return { app: { issuer, request, app: { request }, owner } as unknown as TestApp, noted };
}

export const registration =
  'mutation ($input: CreateOAuthClientInput!) { createOAuthClient(input: $input) { clientSecret oauthClient { id clientId } userErrors { message } } }';

/** A browser in which the owner has signed in. */
export async function ownersBrowser({ app }: Remote): Promise<TestBrowser> {
  const browser = new TestBrowser((url, init) => app.request(url, init), app.issuer);
  await browser.signIn(app.owner);
  return browser;
}

/** Registers a client that may do all that the tests do. */
export async function registerOver(browser: TestBrowser, input: Record<string, unknown> = {}): Promise<TestClient> {
  const { data, errors } = await browser.graphql(registration, {
    input: {
      name: 'Test app',
      redirectUris: [redirectUri],
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'reader'],
      ...input,
    },
  });
  const { clientSecret, oauthClient } = data?.createOAuthClient ?? {};
  if (!oauthClient) throw new Error(`The client was not registered: ${JSON.stringify({ data, errors })}`);
  return { ...oauthClient, secret: clientSecret ?? '' };
}
