// Client assertions: JWTs that clients sign in place of sending a secret (RFC 7523 sections 2.2 and 3, OpenID Connect Core
// section 9). Reading one, and checking it: signature, claims, single use. Which keys a client has is client-keys.ts.
import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWTPayload } from 'jose';
import { type Actor, recordRefusal } from '../audit/service.js';
import { type ClientWithSecret, isUniqueViolation } from '../db/client.js';
import type { Deps } from '../deps.js';
import { isCanonical } from '../keys/service.js';
import { sha256 } from '../lib/crypto.js';
import { OutboundError } from '../lib/errors.js';
import { type AssertionAlgorithm, assertionAlgorithms, type ClientKey, createClientKeys } from './client-keys.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const clockSkewSeconds = 60;
const mostSecondsAhead = 600;
const longestIdentifier = 255;
// Without a `kid` every key of the right kind is tried.
const mostKeysTried = 20;

/** Why an assertion is refused: the message may be told to whoever sent it, the detail is for the log. */
export class AssertionRefusedError extends Error {
  readonly detail: string;

  constructor(message: string, detail: string) {
    super(message);
    this.name = 'AssertionRefusedError';
    this.detail = detail;
  }
}

/** The one answer to everything that only a client's own row could tell. */
export const refusedAssertion =
  'Client authentication failed. Check that sub and iss of the assertion are the client_id, and that the client is registered for private_key_jwt with the public half of the key that signed it; kid must name that key.';

/** An assertion of which nothing is proven yet. */
export interface UnverifiedAssertion {
  readonly text: string;
  readonly clientId: string;
  readonly algorithm: AssertionAlgorithm;
  readonly kid: string | undefined;
}

function decoded(text: string) {
  if (!isCanonical(text)) return null;
  try {
    return { header: decodeProtectedHeader(text), claims: decodeJwt(text) };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * Reads who an assertion claims to be from, and refuses what no client could ever send (RFC 7521 section 4.2, RFC 7523
 * section 3, RFC 8725 section 3). Asks no database, so that its answers tell nothing of which clients exist.
 * @throws AssertionRefusedError
 */
export function readAssertion(type: string | undefined, text: string | undefined): UnverifiedAssertion {
  const refuse = (message: string, detail: string) => new AssertionRefusedError(message, detail);
  if (type !== assertionType) throw refuse(`client_assertion_type must be ${assertionType}.`, 'another assertion type');
  if (text === undefined) throw refuse('client_assertion is missing.', 'no client_assertion');
  const parts = decoded(text);
  if (!parts) throw refuse('client_assertion is not a signed JWT in compact form.', 'malformed assertion');
  const { header, claims } = parts;
  const algorithm = assertionAlgorithms.find((candidate) => candidate === header.alg);
  if (!algorithm) {
    throw refuse(`The assertion must be signed with one of: ${assertionAlgorithms.join(', ')}.`, 'alg not allowed');
  }
  if (header.crit !== undefined) throw refuse('The assertion must not have crit in its header.', 'crit in the header');
  if (header.typ !== undefined && !isAssertionType(header.typ)) {
    throw refuse('typ of the assertion must be JWT or client-authentication+jwt, or absent.', 'another typ');
  }
  if (header.kid !== undefined && typeof header.kid !== 'string') {
    throw refuse('kid of the assertion must be a text.', 'kid is not a text');
  }
  // What RFC 6749 appendix A.1 allows in a client_id. PostgreSQL would not take a NUL.
  if (typeof claims.sub !== 'string' || !/^[\x20-\x7E]{1,255}$/.test(claims.sub)) {
    throw refuse('sub of the assertion must be the client_id.', 'sub is no client_id');
  }
  if (claims.iss !== claims.sub) {
    throw refuse('iss and sub of the assertion must both be the client_id.', 'iss is not sub');
  }
  return { text, clientId: claims.sub, algorithm, kid: header.kid };
}

// Media types are case-insensitive, and `application/` may be left out (RFC 7515 section 4.1.9).
function isAssertionType(typ: unknown): boolean {
  if (typeof typ !== 'string') return false;
  return /^(application\/)?(jwt|client-authentication\+jwt)$/i.test(typ);
}

interface Moment {
  readonly issuer: string;
  readonly seconds: number;
}

type ClaimRule = (claims: JWTPayload, moment: Moment) => string | null;

/**
 * The issuer and nothing else: an assertion made for another server's token endpoint, or for several servers, could be used
 * by one of them at another (RFC 7523bis section 3, FAPI 2.0 section 5.3.2.1).
 */
const audience: ClaimRule = ({ aud }, { issuer }) => {
  const [only, ...others] = Array.isArray(aud) ? aud : [aud];
  if (only === issuer && others.length === 0) return null;
  return `aud of the assertion must be the issuer, ${issuer}, and nothing else. The address of the token endpoint is not accepted.`;
};

const expiry: ClaimRule = ({ exp }, { seconds }) => {
  if (typeof exp !== 'number') return 'exp of the assertion is missing, or is not a number.';
  if (exp <= seconds - clockSkewSeconds) return 'The assertion has expired. Make a new one for each request.';
  if (exp <= seconds + mostSecondsAhead + clockSkewSeconds) return null;
  return `exp of the assertion can be at most ${mostSecondsAhead / 60} minutes ahead.`;
};

function notInTheFuture(name: 'iat' | 'nbf'): ClaimRule {
  return ({ [name]: value }, { seconds }) => {
    if (value === undefined) return null;
    if (typeof value !== 'number') return `${name} of the assertion is not a number.`;
    return value <= seconds + clockSkewSeconds ? null : `${name} of the assertion is in the future. Check your clock.`;
  };
}

const identifier: ClaimRule = ({ jti }) => {
  if (typeof jti === 'string' && jti.length >= 1 && jti.length <= longestIdentifier) return null;
  return `jti of the assertion must be a text of 1 to ${longestIdentifier} characters, a new one for each request.`;
};

const claimRules: readonly ClaimRule[] = [audience, expiry, notInTheFuture('iat'), notInTheFuture('nbf'), identifier];

async function isSignedByOneOf(keys: readonly ClientKey[], { text, algorithm }: UnverifiedAssertion): Promise<boolean> {
  for (const { jwk } of keys.slice(0, mostKeysTried)) {
    try {
      await compactVerify(text, jwk, { algorithms: [algorithm] });
      return true;
    } catch (error) {
      // Whatever is wrong with what somebody presented is one answer; a fault of ours is not.
      if (!(error instanceof errors.JOSEError || error instanceof TypeError)) throw error;
    }
  }
  return false;
}

export interface AssertionVerifier {
  /**
   * Checks that the client made this assertion, for us, lately, and that it was not used before (RFC 7523 section 3).
   * @throws AssertionRefusedError
   */
  verify(client: ClientWithSecret, assertion: UnverifiedAssertion, actor: Actor): Promise<void>;
}

/** Builds the verifier, which remembers the keys that it fetched. */
export function createAssertionVerifier(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'config' | 'outbound'>,
): AssertionVerifier {
  const clientKeys = createClientKeys(deps);

  async function keysFor(client: ClientWithSecret, { algorithm, kid }: UnverifiedAssertion) {
    try {
      return await clientKeys.matching(
        client,
        (key) => key.algorithms.includes(algorithm) && (kid === undefined || key.kid === kid),
      );
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      throw new AssertionRefusedError(refusedAssertion, `the keys could not be fetched: ${error.message}`);
    }
  }

  /** The database lets one of any number of processes write the row (CVE-2020-5300). */
  async function use(client: ClientWithSecret, { jti = '', exp = 0 }: JWTPayload): Promise<void> {
    const hash = sha256([client.id, jti].map((part) => `${part.length}:${part}`).join(''));
    // Twice the skew: the process that tidies may be ahead of the one that checks.
    const expiresAt = new Date((exp + 2 * clockSkewSeconds) * 1000);
    try {
      await deps.db.assertionReplay.create({ data: { hash, expiresAt } });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AssertionRefusedError(
        'The assertion was used before. Make a new one, with another jti, for each request.',
        'replayed assertion',
      );
    }
  }

  async function check(client: ClientWithSecret, assertion: UnverifiedAssertion): Promise<void> {
    const keys = await keysFor(client, assertion);
    if (keys.length === 0) throw new AssertionRefusedError(refusedAssertion, 'no key of the client fits');
    if (!(await isSignedByOneOf(keys, assertion))) throw new AssertionRefusedError(refusedAssertion, 'wrong signature');
    // From here on the client is known to have sent it, and is told what is wrong.
    const claims = decodeJwt(assertion.text);
    const moment = { issuer: deps.config.issuer, seconds: deps.clock().getTime() / 1000 };
    for (const rule of claimRules) {
      const fault = rule(claims, moment);
      if (fault !== null) throw new AssertionRefusedError(fault, 'claims refused');
    }
    await use(client, claims);
  }

  return {
    async verify(client, assertion, actor) {
      // Answered like an unknown client, and not recorded: such a client has no keys that could be guessed at.
      if (client.tokenEndpointAuthMethod !== 'PRIVATE_KEY_JWT') {
        throw new AssertionRefusedError(refusedAssertion, 'not registered for assertions');
      }
      try {
        await check(client, assertion);
      } catch (error) {
        if (error instanceof AssertionRefusedError) {
          await recordRefusal(deps, actor, {
            action: 'CLIENT_AUTHENTICATION_REFUSED',
            accountId: client.accountId,
            targetId: client.id,
            targetLabel: client.name,
          });
        }
        throw error;
      }
    },
  };
}
