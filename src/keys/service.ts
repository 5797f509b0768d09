// Signs and verifies our JWTs with the keys of the moment. Every process rereads the keys at once when a row of the hot paths tells
// that there are others, or a token names one that it does not know, and within 30 s in any case.
import { availableParallelism } from 'node:os';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { isUnavailable } from '../db/client.js';
import type { Deps, Keys, SigningAlgorithm } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { epochSeconds } from '../lib/seconds.js';
import { type Signer, signCompact } from './sign.js';
import { loadSigningKeys, maySign, type SigningKey, SigningKeyError, unopenable } from './store.js';

const rereadAfterMilliseconds = 30_000;
// Invented `kid`s must not turn into a query each.
const rereadForUnknownAfterMilliseconds = 1_000;
const clockSkewSeconds = 60;
const rememberedSignatures = 20_000;

function signsAt(key: SigningKey, now: Date): boolean {
  return key.activeAt <= now && maySign(key, now);
}

function isOpen(key: SigningKey): key is SigningKey & Signer {
  return key.privateKey !== null;
}

function isPublishedAt(key: SigningKey, now: Date): boolean {
  return key.unpublishedAt === null || key.unpublishedAt > now;
}

/**
 * Whether a compact JWT is spelt as it was made: base64url decoders ignore the spare bits of the last letter, so that one
 * token would have several spellings.
 */
export function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** A token whose signature was verified, by the key that it names. */
interface Verified {
  readonly key: SigningKey;
  readonly payload: JWTPayload;
}

/** Builds the keys over the database. Call `reload` once at start, so that a key to sign with that cannot be opened refuses to start. */
export function createKeys(deps: Pick<Deps, 'db' | 'hotPaths' | 'clock' | 'secretKeys' | 'config' | 'log'>): Keys {
  // Each worker keeps one busy.
  const hasCoreToSpare = availableParallelism() > deps.config.workers;
  let keys: SigningKey[] = [];
  /** How many there were when they were read, those included that count no more. */
  let countRead = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  // By type and SHA-256 of the token. That a signature is right stays so; all else is asked each time.
  const verified = new LRUCache<string, Verified>({ max: rememberedSignatures });
  // By kid. Once is enough: only another start mends it.
  const toldOf = new Set<string>();

  /** The keys that shall sign, now or later, and that LATCHKEY_SECRET does not open. */
  function unopened(): SigningKey[] {
    const now = deps.clock();
    return keys.filter((key) => maySign(key, now) && !isOpen(key));
  }

  function read(): Promise<void> {
    const seen = deps.hotPaths.signingKeysSeen();
    reading ??= loadSigningKeys(deps, keys)
      .then((loaded) => {
        keys = loaded.keys;
        countRead = Math.max(loaded.count, seen);
        readAt = deps.clock().getTime();
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  // While we served, somebody made keys under a secret that we lack. Those that we have sign as long as they were to, and for what
  // the others sign their public halves do.
  async function reread(): Promise<void> {
    await read();
    for (const { kid, algorithm, activeAt } of unopened()) {
      if (toldOf.has(kid)) continue;
      toldOf.add(kid);
      deps.log.error(
        { kid, algorithm, signsFrom: activeAt },
        'a signing key cannot be opened, and this process cannot sign from signsFrom on: start it anew with a LATCHKEY_SECRET that has the secret with which keys rotate was run',
      );
    }
  }

  async function current(): Promise<SigningKey[]> {
    if (deps.clock().getTime() - readAt >= rereadAfterMilliseconds) await reread();
    // More than once when a reading had begun before the change that was seen.
    while (deps.hotPaths.signingKeysSeen() > countRead) await reread();
    return keys;
  }

  async function find(kid: string, algorithm: string): Promise<SigningKey | undefined> {
    const named = (key: SigningKey) => key.kid === kid && key.algorithm === algorithm;
    const known = (await current()).find(named);
    if (known || deps.clock().getTime() - readAt < rereadForUnknownAfterMilliseconds) return known;
    await reread();
    return keys.find(named);
  }

  async function signingKey(algorithm: SigningAlgorithm): Promise<Signer> {
    const now = deps.clock();
    const ofAlgorithm = (await current()).filter((key) => key.algorithm === algorithm);
    const signing = ofAlgorithm.filter((key) => signsAt(key, now));
    const open = signing.find(isOpen);
    if (open) return open;
    if (signing[0]) throw unopenable(signing[0]);
    const next = ofAlgorithm.filter((key) => maySign(key, now)).at(-1);
    if (next) {
      const moments = `before ${next.activeAt.toISOString()}, and here it is ${now.toISOString()}`;
      throw new SigningKeyError(`There is no ${algorithm} signing key ${moments}. Check this computer's clock.`);
    }
    throw new SigningKeyError(`There is no ${algorithm} signing key. Run: npm run cli -- keys rotate`);
  }

  /** Whether a token that was verified before would be verified now: its key is still published, and its time not over. */
  async function stillCounts({ key, payload }: Verified): Promise<boolean> {
    const now = deps.clock();
    const known = (await current()).find((each) => each.kid === key.kid && each.algorithm === key.algorithm);
    if (!known || !isPublishedAt(known, now)) return false;
    return (payload.exp ?? 0) + clockSkewSeconds > epochSeconds(now);
  }

  return {
    async reload() {
      await read();
      const [key] = unopened();
      if (key) throw unopenable(key);
    },
    edition: () => Math.max(countRead, deps.hotPaths.signingKeysSeen()),
    async sign(algorithm, type, claims) {
      return signCompact(await signingKey(algorithm), type, claims, hasCoreToSpare);
    },
    async verify(token, type, { evenWhenOver } = { evenWhenOver: false }) {
      const remembered = `${type} ${sha256(token)}`;
      const before = evenWhenOver ? undefined : verified.get(remembered);
      if (before !== undefined) return (await stillCounts(before)) ? { ...before.payload } : null;
      if (!isCanonical(token)) return null;
      try {
        const header = decodeProtectedHeader(token);
        const key = await find(header.kid ?? '', header.alg ?? '');
        if (!key || !(evenWhenOver || isPublishedAt(key, deps.clock()))) return null;
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [key.algorithm],
          issuer: deps.config.issuer,
          typ: type,
          clockTolerance: evenWhenOver ? Number.MAX_SAFE_INTEGER : clockSkewSeconds,
          currentDate: deps.clock(),
          requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
        });
        if (!evenWhenOver) verified.set(remembered, { key, payload });
        return payload;
      } catch (error) {
        // Whatever is wrong with a token that somebody presented is one answer; a fault of ours is not.
        if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
        throw error;
      }
    },
    async published() {
      const now = deps.clock();
      // Partners' APIs check tokens with these alone: that our database is away for a while is no concern of theirs.
      const known = await current().catch((error: unknown) => {
        if (keys.length === 0 || !isUnavailable(error)) throw error;
        return keys;
      });
      return known.filter((key) => isPublishedAt(key, now)).map((key) => ({ ...key.publicJwk }));
    },
  };
}
