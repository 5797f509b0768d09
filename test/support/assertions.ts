// Clients that sign their assertions: their keys, what they sign, a server that has their keys, and the token request.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import type { Outbound } from '../../src/deps.js';
import { OutboundError } from '../../src/lib/errors.js';
import type { TestApp } from './app.js';
import { registerClient, type TestClient, type TokenAnswer, token } from './oauth.js';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A key pair as a client has it. */
export interface TestKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
}

export async function makeKey(alg = 'ES256', kid = `${alg}-1`): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(publicKey), exportJWK(privateKey)]);
  return { alg, kid, privateKey, publicJwk: { ...publicJwk, kid }, privateJwk: { ...privateJwk, kid } };
}

/** A JSON Web Key Set as text. */
export const keySet = (...keys: readonly (TestKey | JWK)[]) =>
  JSON.stringify({ keys: keys.map((key) => ('publicJwk' in key ? key.publicJwk : key)) });

/** A client of PRIVATE_KEY_JWT for the client credentials grant. */
export function registerSigningClient(app: TestApp, given: GivenMetadata): Promise<TestClient> {
  return registerClient(app, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
    tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
    ...given,
  });
}

/** The seconds of the test's clock. */
export const seconds = (app: TestApp) => Math.floor(app.clock().getTime() / 1000);

/** What a right assertion of the client says. */
export function claimsFor(app: TestApp, client: TestClient): Record<string, unknown> {
  const { clientId } = client;
  const now = seconds(app);
  return { iss: clientId, sub: clientId, aud: app.issuer, iat: now, exp: now + 60, jti: randomUUID() };
}

/** Signs claims as they are; an undefined claim or header member is left out. */
export async function sign(
  key: TestKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const protectedHeader = { alg: key.alg, kid: key.kid, ...header } as JWTHeaderParameters;
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key.privateKey);
}

/** A JWT with this very header and payload, and any signature. */
export function assemble(header: unknown, payload: unknown, signature: string | Buffer = 'AAAA'): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const last = typeof signature === 'string' ? signature : signature.toString('base64url');
  return `${part(header)}.${part(payload)}.${last}`;
}

/** Asks for a token of the client credentials grant with an assertion. */
export function present(app: TestApp, assertion: string, form: Record<string, string> = {}): Promise<TokenAnswer> {
  return token(app, null, {
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: assertion,
    ...form,
  });
}

/** Stands in for calls out: answers what it is told to, and counts. An address without an answer cannot be reached. */
export function createKeyServer() {
  const answers = new Map<string, string>();
  const calls: string[] = [];
  const outbound: Outbound = {
    async get(url) {
      calls.push(url);
      // As long as a real call: those who ask meanwhile have to wait.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const text = answers.get(url);
      if (text === undefined) throw new OutboundError(`${url} cannot be reached.`);
      return { contentType: 'application/json', bytes: Buffer.from(text) };
    },
    post: (url) => Promise.reject(new OutboundError(`${url} takes no forms.`)),
  };
  return { answers, calls, outbound };
}
