// The mutations that take an idempotency key, each with what it takes, what it makes, and how that goes away again.
import { type Input, mutate, succeed } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import type { Ask } from '../support/graphql.js';

/** What a payload says, alike for all mutations. */
export interface Outcome {
  readonly replayed: boolean;
  /** The id of what was made; null when it is gone, or nothing was made. */
  readonly id: string | null;
  readonly secret: string | null;
  readonly userErrors: readonly { readonly code: string; readonly path: readonly string[] }[];
}

export interface Operation {
  readonly mutation: string;
  readonly action: string;
  /** Makes what it works on, and gives an input that will do. */
  prepare(app: TestApp, ask: Ask): Promise<Input>;
  /** What the schema would fill in by itself. */
  readonly defaults: Input;
  readonly otherwise: Input;
  readonly faulty: Input;
  readonly selection: string;
  /** The fields of the payload that hold what was made, and its secret. */
  readonly made: string;
  readonly shown: string;
  /** Counts all rows of what it makes. */
  count(app: TestApp): Promise<number>;
  /** Removes what was made. */
  remove(ask: Ask, id: string): Promise<unknown>;
}

const client = { name: 'App', redirectUris: ['https://app.example.com/callback'], scopes: ['openid', 'email'] };
const token = { name: 'Script', role: 'READER' };
const quarter = 90 * 86_400;

export const operations: readonly Operation[] = [
  {
    mutation: 'createOAuthClient',
    action: 'OAUTH_CLIENT_CREATED',
    prepare: async () => ({ ...client, lifetimes: { accessTokenSeconds: 300, idTokenSeconds: 600 } }),
    defaults: { type: 'CONFIDENTIAL' },
    otherwise: { name: 'Another app' },
    faulty: { name: '' },
    selection: 'oauthClient { id } clientSecret',
    made: 'oauthClient',
    shown: 'clientSecret',
    count: (app) => app.db.oAuthClient.count(),
    remove: (ask, id) => succeed(ask, 'deleteOAuthClient', { id }),
  },
  {
    mutation: 'rotateOAuthClientSecret',
    action: 'OAUTH_CLIENT_SECRET_ROTATED',
    prepare: async (_app, ask) => {
      const { oauthClient } = await succeed(ask, 'createOAuthClient', client, 'oauthClient { id }');
      return { id: oauthClient.id, expiresInSeconds: quarter };
    },
    defaults: { previousSecretsExpireInSeconds: 86_400 },
    otherwise: { expiresInSeconds: quarter + 1 },
    faulty: { expiresInSeconds: 1 },
    selection: 'secret { id } clientSecret',
    made: 'secret',
    shown: 'clientSecret',
    count: (app) => app.db.oAuthClientSecret.count(),
    remove: (ask, id) => succeed(ask, 'revokeOAuthClientSecret', { secretId: id }),
  },
  {
    mutation: 'createApiToken',
    action: 'API_TOKEN_CREATED',
    prepare: async () => ({ ...token, expiresAt: '2030-01-01T00:00:00Z' }),
    defaults: { isService: false },
    otherwise: { role: 'WRITER' },
    faulty: { name: '' },
    selection: 'apiToken { id } token',
    made: 'apiToken',
    shown: 'token',
    count: (app) => app.db.apiToken.count(),
    remove: (ask, id) => succeed(ask, 'revokeApiToken', { id }),
  },
  {
    mutation: 'rotateApiToken',
    action: 'API_TOKEN_ROTATED',
    prepare: async (_app, ask) => {
      const { apiToken } = await succeed(ask, 'createApiToken', token, 'apiToken { id }');
      return { id: apiToken.id, expiresAt: '2030-01-01T00:00:00Z' };
    },
    defaults: { previousTokenExpiresInSeconds: 86_400 },
    otherwise: { expiresAt: '2031-01-01T00:00:00Z' },
    faulty: { expiresAt: '2020-01-01T00:00:00Z' },
    selection: 'apiToken { id } token',
    made: 'apiToken',
    shown: 'token',
    count: (app) => app.db.apiToken.count(),
    remove: (ask, id) => succeed(ask, 'revokeApiToken', { id }),
  },
];

/** Does it as a caller, whatever comes of it. */
export async function perform(ask: Ask, operation: Operation, input: Input): Promise<Outcome> {
  const { mutation, selection, made, shown } = operation;
  const { replayed, userErrors, ...payload } = await mutate(ask, mutation, input, `replayed ${selection}`);
  return { replayed, id: payload[made]?.id ?? null, secret: payload[shown], userErrors };
}
