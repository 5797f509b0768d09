// Mutations as tests send them: one document for each, its one input, and its payload with all userErrors.
import { expect } from 'vitest';
import type { TestApp } from '../support/app.js';
import type { Answer, Ask } from '../support/graphql.js';
import { token } from '../support/oauth.js';

export type Input = Readonly<Record<string, unknown>>;

/** Sends a mutation and gives the whole answer, for those that may be refused altogether. */
export function send(ask: Ask, mutation: string, input: Input, selection = ''): Promise<Answer> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const payload = `${selection} userErrors { code message path }`;
  return ask(`mutation ($input: ${type}!) { ${mutation}(input: $input) { ${payload} } }`, { input });
}

/** Sends a mutation that the caller may make, and gives its payload. */
export async function mutate(ask: Ask, mutation: string, input: Input, selection = '') {
  const { data, errors } = await send(ask, mutation, input, selection);
  expect(errors).toBeUndefined();
  return data[mutation];
}

/** Sends a mutation with which nothing is wrong, and gives its payload. */
export async function succeed(ask: Ask, mutation: string, input: Input, selection = '') {
  const { userErrors, ...payload } = await mutate(ask, mutation, input, selection);
  expect(userErrors).toEqual([]);
  return payload;
}

/** Whether a client gets a token by client credentials with this secret, or why not. */
export async function tokenWith(app: TestApp, clientId: string, secret: string | null): Promise<string> {
  const client = { id: '', clientId, secret: secret ?? '' };
  const { status, body } = await token(app, client, { grant_type: 'client_credentials' });
  return status === 200 ? 'token' : `${status} ${body.error}`;
}

/** The metadata of a client that gets tokens by itself alone. */
export const machine = {
  grantTypes: ['client_credentials'],
  redirectUris: [],
  scopes: ['reader'],
} as const;
