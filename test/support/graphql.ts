// Callers of the GraphQL API for tests, one for each kind of credential, and what they are answered.
import { createApiToken } from '../../src/api-tokens/service.js';
import type { Role } from '../../src/lib/roles.js';
import { actorOfMember } from '../../src/members/service.js';
import type { TestApp } from './app.js';
import type { GraphQLAnswer, TestBrowser } from './browser.js';
import { newBrowser, obtainCode, redeem, type TestClient, token } from './oauth.js';

export interface Answer extends GraphQLAnswer {
  readonly status: number;
  readonly headers: Headers;
}

/** Sends an operation as one caller. */
export type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>;

interface Person {
  readonly id: string;
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
  readonly role: Role;
}

/** POST /graphql with a body as it stands, or an object as JSON. */
export async function post(app: TestApp, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await app.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as GraphQLAnswer) };
}

/** Somebody who sends no credential at all. */
export function anonymous(app: TestApp): Ask {
  return (query, variables = {}) => post(app, { query, variables });
}

/** Whoever holds this API token or access token. */
export function bearer(app: TestApp, credential: string): Ask {
  return (query, variables = {}) => post(app, { query, variables }, { authorization: `Bearer ${credential}` });
}

/** A browser in which a member has signed in. */
export async function signedInBrowser(app: TestApp, person: { email: string; password: string }): Promise<TestBrowser> {
  const browser = newBrowser(app);
  const page = await browser.signIn(person);
  if (page.url.pathname === '/login') throw new Error(`${person.email} could not sign in: ${page.html}`);
  return browser;
}

/** A member with a browser session. */
export async function signedIn(app: TestApp, person: { email: string; password: string }): Promise<Ask> {
  const browser = await signedInBrowser(app, person);
  return (query, variables) => browser.graphql(query, variables);
}

/** A fresh API token of this role, and its id. A personal one, unless it is said to be a service's. */
export async function apiTokenOf(
  app: TestApp,
  role: Exclude<Role, 'OWNER'>,
  owner: Person = app.owner,
  given: { readonly isService?: boolean } = {},
) {
  const actor = actorOfMember(owner, { ipAddress: null, userAgent: null });
  const manager = { actor, accountId: owner.accountId, memberId: owner.id, role: owner.role };
  const created = await createApiToken(app.deps, manager, { name: `${role} of ${owner.email}`, role, ...given });
  return { id: created.apiToken.id, token: created.token };
}

/** The owner, or whoever is signed in to the browser, acting through an OAuth client with these scopes. */
export async function throughClient(
  app: TestApp,
  client: TestClient,
  scope: string,
  browser?: TestBrowser,
): Promise<Ask> {
  const { body } = await redeem(app, client, await obtainCode(app, client, { scope }, browser));
  if (!body.access_token) throw new Error(`No access token for ${scope}: ${JSON.stringify(body)}`);
  return bearer(app, body.access_token);
}

/** A client by itself. Its grants must include client_credentials. */
export async function asClient(app: TestApp, client: TestClient, scope: string): Promise<Ask> {
  const { body } = await token(app, client, { grant_type: 'client_credentials', scope });
  if (!body.access_token) throw new Error(`No access token for ${scope}: ${JSON.stringify(body)}`);
  return bearer(app, body.access_token);
}
