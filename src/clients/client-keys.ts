// The public keys of clients that authenticate by assertions: which keys count, and getting them, from the set that was
// registered or from the client's own address. What they verify is assertions.ts.
import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Deps } from '../deps.js';
import { type InputIssue, OutboundError } from '../lib/errors.js';

// What each kind of key signs with. RFC 9864 renames EdDSA with Ed25519 to Ed25519; libraries send either.
const kinds = {
  RSA: { members: ['n', 'e'], algorithms: ['RS256', 'PS256'] },
  'P-256': { members: ['x', 'y'], algorithms: ['ES256'] },
  'P-384': { members: ['x', 'y'], algorithms: ['ES384'] },
  Ed25519: { members: ['x'], algorithms: ['EdDSA', 'Ed25519'] },
} as const;

export type AssertionAlgorithm = (typeof kinds)[keyof typeof kinds]['algorithms'][number];

/** The algorithms that assertions may be signed with (RFC 8414 section 2): public keys only, never `none` or HS256. */
export const assertionAlgorithms: readonly AssertionAlgorithm[] = Object.values(kinds).flatMap((kind) => [
  ...kind.algorithms,
]);

/** A key that a client's assertions can be verified with. */
export interface ClientKey {
  readonly kid: string | null;
  readonly algorithms: readonly AssertionAlgorithm[];
  /** The public members alone. */
  readonly jwk: JWK;
}

const leastRsaBits = 2048;
const mostTextBytes = 20_000;
const mostKeys = 20;
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const leaked = 'Send the public half, and treat the private one as leaked: make a new pair.';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function faultOfLeak(jwk: Record<string, unknown>): string | null {
  if (jwk.kty === 'oct') {
    return `is symmetric, which is a secret and no public key. Make an asymmetric pair. ${leaked}`;
  }
  return privateMembers.some((member) => member in jwk) ? `is a private key. ${leaked}` : null;
}

function kindOf({ kty, crv }: Record<string, unknown>): keyof typeof kinds | null {
  if (kty === 'RSA') return 'RSA';
  if (kty === 'EC' && (crv === 'P-256' || crv === 'P-384')) return crv;
  return kty === 'OKP' && crv === 'Ed25519' ? crv : null;
}

/**
 * Reads one member of a set as a public key for signatures (RFC 7517 section 4, RFC 7518 section 6).
 * @returns the key, or what is wrong with it, to be read after the key's name
 */
function readKey(jwk: unknown): ClientKey | string {
  if (!isObject(jwk)) return 'is not a JSON object.';
  const leak = faultOfLeak(jwk);
  if (leak !== null) return leak;
  const kind = kindOf(jwk);
  if (kind === null) return 'is of a kind that is not supported: use RSA, EC with P-256 or P-384, or OKP with Ed25519.';
  if (jwk.kid !== undefined && typeof jwk.kid !== 'string') return 'has a kid that is not a text.';
  if (jwk.use !== undefined && jwk.use !== 'sig') return 'is not for signatures: its use must be sig, or absent.';
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) {
    return 'is not for verifying: its key_ops must include verify, or be absent.';
  }
  const algorithms: readonly AssertionAlgorithm[] = kinds[kind].algorithms;
  if (jwk.alg !== undefined && !algorithms.some((algorithm) => algorithm === jwk.alg)) {
    return `has an alg that does not fit: use ${algorithms.join(' or ')}, or leave it out.`;
  }
  const { kty, crv } = jwk as { kty: string; crv?: string };
  const publicJwk: JWK = crv === undefined ? { kty } : { kty, crv };
  for (const member of kinds[kind].members) {
    const value = jwk[member];
    // Decoders skip other letters, so that the key would be another one than it looks.
    if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value)) return `lacks its member ${member} in base64url.`;
    publicJwk[member] = value;
  }
  const fault = faultOfValue(publicJwk);
  if (fault !== null) return fault;
  const fitting = kind === 'RSA' ? algorithms.filter((each) => jwk.alg === undefined || each === jwk.alg) : algorithms;
  return { kid: jwk.kid ?? null, algorithms: fitting, jwk: publicJwk };
}

function faultOfValue(jwk: JWK): string | null {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const { modulusLength = leastRsaBits, publicExponent = 3n } = asymmetricKeyDetails ?? {};
    if (modulusLength < leastRsaBits) return `is too short: an RSA key must have at least ${leastRsaBits} bits.`;
    // With the exponent 1 a signature is the padded text itself, which anybody can write.
    return publicExponent < 3n ? 'has a public exponent that protects nothing. Use 65537.' : null;
  } catch {
    return 'has values that make no key.';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function usableKeys(text: string): ClientKey[] | null {
  const set = parsed(text);
  if (!isObject(set) || !Array.isArray(set.keys)) return null;
  return set.keys.map(readKey).filter((key) => typeof key !== 'string');
}

/**
 * Says what is wrong with a JSON Web Key Set that a client is registered with (RFC 7591 section 2, RFC 7517 section 5).
 * @param path of the input field that has the text
 */
export function faultsOfJwks(text: string, path: readonly string[]): InputIssue[] {
  const issue = (message: string, code: InputIssue['code'] = 'INVALID'): InputIssue => ({ code, message, path });
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return [issue(`This is a private key. ${leaked} It is sent as a JSON Web Key Set.`)];
  }
  if (Buffer.byteLength(text) > mostTextBytes) {
    return [issue(`A JSON Web Key Set can have at most ${mostTextBytes} bytes.`, 'TOO_LONG')];
  }
  const set = parsed(text);
  if (set === undefined) return [issue('This is not JSON. Send a JSON Web Key Set: {"keys":[…]}.')];
  // A lone key is what people paste by mistake, the private one above all.
  const leak = isObject(set) && !('keys' in set) ? faultOfLeak(set) : null;
  if (leak !== null) return [issue(`This ${leak}`)];
  if (!isObject(set) || !Array.isArray(set.keys)) {
    return [issue('A JSON Web Key Set is an object with an array of keys: {"keys":[…]}.')];
  }
  if (set.keys.length === 0) return [issue('The JSON Web Key Set has no keys.')];
  if (set.keys.length > mostKeys) {
    return [issue(`A JSON Web Key Set can have at most ${mostKeys} keys.`, 'TOO_MANY')];
  }
  return set.keys.flatMap((jwk: unknown, index) => {
    const fault = readKey(jwk);
    return typeof fault === 'string' ? [issue(`Key ${index + 1} of the set ${fault}`)] : [];
  });
}

const keptMilliseconds = 600_000;
const failureKeptMilliseconds = 10_000;
const leastMillisecondsBetweenRefetches = 60_000;
const mostFetchedBytes = 65_536;
const mostClients = 1_000;

/** What a client's row says of its keys. */
export interface KeyedClient {
  readonly id: string;
  readonly jwks: string | null;
  readonly jwksUri: string | null;
}

export interface ClientKeys {
  /**
   * The keys of the client that fit. When none does, the client's address is asked anew, at most once a minute: that is how
   * keys are changed without anybody telling us (OpenID Connect Core section 10.1.1).
   * @throws OutboundError when the keys could not be fetched, now or within the last ten seconds
   */
  matching(client: KeyedClient, fits: (key: ClientKey) => boolean): Promise<readonly ClientKey[]>;
}

/** Builds the source of client keys, with what this process remembers of fetched ones. */
export function createClientKeys(deps: Pick<Deps, 'clock' | 'outbound'>): ClientKeys {
  const remembered = new LRUCache<string, { readonly keys: readonly ClientKey[]; readonly until: number }>({
    max: mostClients,
  });
  const failures = new LRUCache<string, { readonly error: OutboundError; readonly until: number }>({
    max: mostClients,
  });
  const refetchedAt = new LRUCache<string, number>({ max: mostClients });
  const underWay = new Map<string, Promise<readonly ClientKey[]>>();
  const now = () => deps.clock().getTime();

  async function load(uri: string): Promise<readonly ClientKey[]> {
    const { bytes } = await deps.outbound.get(uri, { mostBytes: mostFetchedBytes });
    const keys = usableKeys(bytes.toString('utf8'));
    if (!keys) throw new OutboundError('The jwks_uri did not answer with a JSON Web Key Set.');
    return keys;
  }

  /** Fetches, whatever is remembered; everybody who asks for one address meanwhile shares one call. */
  async function fetchKeys(place: string, uri: string): Promise<readonly ClientKey[]> {
    const call = underWay.get(uri) ?? load(uri);
    underWay.set(uri, call);
    try {
      const keys = await call;
      remembered.set(place, { keys, until: now() + keptMilliseconds });
      return keys;
    } catch (error) {
      if (error instanceof OutboundError) failures.set(place, { error, until: now() + failureKeptMilliseconds });
      throw error;
    } finally {
      // Only now: whoever finds nothing under way finds the new keys remembered.
      if (underWay.get(uri) === call) underWay.delete(uri);
    }
  }

  async function matchingAt(place: string, uri: string, fits: (key: ClientKey) => boolean) {
    const known = remembered.get(place);
    if (!known || known.until <= now()) {
      const failure = failures.get(place);
      if (failure && failure.until > now()) throw failure.error;
      return (await fetchKeys(place, uri)).filter(fits);
    }
    const found = known.keys.filter(fits);
    if (found.length > 0) return found;
    // Somebody else's fetch is joined at any time: it costs the other server nothing.
    if (!underWay.has(uri)) {
      if (now() - (refetchedAt.get(place) ?? Number.NEGATIVE_INFINITY) < leastMillisecondsBetweenRefetches) return [];
      refetchedAt.set(place, now());
    }
    return (await fetchKeys(place, uri)).filter(fits);
  }

  return {
    async matching(client, fits) {
      if (client.jwks !== null) return (usableKeys(client.jwks) ?? []).filter(fits);
      if (client.jwksUri === null) return [];
      return matchingAt(JSON.stringify([client.id, client.jwksUri]), client.jwksUri, fits);
    },
  };
}
