// What every service is given, as types only: settings, database, time, chance, hashing, keys and the log. compose.ts makes
// the real ones, tests make theirs.
import type { Logger } from 'pino';
import type { Config } from './config.js';
import type { Db, HotPaths } from './db/client.js';
import type { Courier } from './lib/courier.js';
import type { Hasher } from './lib/hasher.js';
import type { NewId } from './lib/ids.js';
import type { SecretKeys } from './lib/secret-keys.js';

/** The present moment. */
export type Clock = () => Date;

/** Cryptographically random bytes. */
export type RandomBytes = (length: number) => Buffer;

/** Counts failures under a key and says when there were too many. Shared by all processes. */
export interface Throttle<Key = string> {
  /** @throws ThrottledError when the key has used up its failures */
  check(key: Key): Promise<void>;
  /** Counts one more failure. */
  fail(key: Key): Promise<void>;
  /** Forgets the key's failures, after a success. */
  forgive(key: Key): Promise<void>;
}

/** What may be done only so often under a key, whatever comes of it. Shared by all processes. */
export interface Allowance {
  /** Counts one more, then looks: of many at once no more pass. @throws ThrottledError when that was one too many */
  take(key: string): Promise<void>;
}

/** A guess at a secret that somebody chose or was given. */
export interface Guess {
  /** Names the secret. */
  readonly at: string;
  /** The network that the guess comes from. */
  readonly from: string;
}

export interface Throttles {
  /** Client secrets, by secret id and network; when many networks guess at one, strictly. */
  readonly clientSecret: Throttle<Guess>;
  /** Passwords, by e-mail address and network; when many networks guess at one, strictly. */
  readonly signIn: Throttle<Guess>;
  /** Passwords, by network alone: guessing at many members. */
  readonly signInByAddress: Throttle;
  /** Passwords in a browser that its member signed in with before, by its mark. */
  readonly signInByKnownBrowser: Throttle;
  /** Invitations that an account sends: each is a message to a stranger. */
  readonly invitation: Allowance;
  /** Invitations sent again, by member. */
  readonly resentInvitation: Allowance;
  /** Links for a forgotten password that are asked for, by network. */
  readonly resetRequests: Allowance;
  /** One-time links that do not work, by network. */
  readonly resetLinks: Throttle;
  /** Messages to prove an e-mail address that members ask for, by network: each may be one to a stranger. */
  readonly emailLinks: Allowance;
  /** Exports of their own data, by member: each reads much. */
  readonly dataExports: Allowance;
}

/** What is left of a limit after a request was taken from it. */
export interface RequestsLeft {
  readonly name: string;
  /** How many there are in a window, and how long that is. */
  readonly limit: number;
  readonly seconds: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
  /** Whether this request was one too many. */
  readonly isOver: boolean;
}

/** Counts requests, whatever comes of them. */
export interface RequestLimit {
  /** Takes one request of a key's. @returns null when limits are off */
  take(key: string): RequestsLeft | null;
}

/** What each is for is said in http/request-limits.ts. */
export type RequestLimits = Readonly<
  Record<'sign-in' | 'sign-in-known' | 'link' | 'authorize' | 'unproven' | 'client' | 'anonymous', RequestLimit>
>;

/** What each caller of the GraphQL API may spend in a minute. */
export interface Budget {
  /**
   * Takes points from a caller's budget.
   * @returns what there is in all and left, and when it is full again
   * @throws RateLimitedError when there is not enough left
   */
  spend(key: string, points: number): Promise<{ limit: number; remaining: number; resetAt: Date }>;
}

/** Rows that remember when they were last used. */
export type LastUsedKind = 'apiToken' | 'oauthClient' | 'clientSecret' | 'consent' | 'member';

/** Collects uses and writes them within seconds, so that no request waits for it. */
export interface LastUsed {
  touch(kind: LastUsedKind, id: string): void;
  flush(): Promise<void>;
}

export type SigningAlgorithm = 'RS256' | 'ES256';

/**
 * The `typ` headers of the JWTs that we sign: ID tokens, access tokens (RFC 9068), logout tokens (OpenID Connect Back-Channel
 * Logout section 2.4).
 */
export type TokenType = 'JWT' | 'at+jwt' | 'logout+jwt';

/** Signs and verifies our own JWTs, and publishes the keys that others verify them with. */
export interface Keys {
  /** Signs the claims as they are. */
  sign(algorithm: SigningAlgorithm, type: TokenType, claims: Readonly<Record<string, unknown>>): Promise<string>;
  /**
   * @param options.evenWhenOver accepts one that has expired, and a key that has left the key set: for hints alone
   * @returns the claims of a JWT of ours of this type, unexpired, or null
   */
  verify(
    token: string,
    type: TokenType,
    options?: { readonly evenWhenOver: boolean },
  ): Promise<Readonly<Record<string, unknown>> | null>;
  /** Rises with each change of the keys that this process knows of, be it from rows of others: the next call reads what is new. */
  edition(): number;
  /** The JSON Web Key Set (RFC 7517): what signs now, will sign next, or has signed tokens that still live. */
  published(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Reads the keys anew. @throws SigningKeyError when one that signs now or later cannot be decrypted */
  reload(): Promise<void>;
}

/** What has to work before this process can serve. */
export type ReadinessCheck = 'database' | 'signingKeys' | 'migrations';

/** Whether this process can serve. */
export interface Readiness {
  /** Looks at most once a second, however often it is asked. */
  look(): Promise<{
    readonly status: 'ok' | 'failed' | 'stopping';
    readonly checks: Readonly<Partial<Record<ReadinessCheck, 'ok' | 'failed'>>>;
  }>;
  /** Says from now on that the process is stopping. */
  end(): void;
}

/** A document that somebody else's server gave. */
export interface Fetched {
  /** The media type in lower case, without parameters; empty when the server named none. */
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Calls out to servers that an account's admin named: pinned addresses, no private ones, no redirects, bounded. */
export interface Outbound {
  /** @throws OutboundError, whose message tells whoever named the address what went wrong */
  get(url: string, limits: { readonly mostBytes: number }): Promise<Fetched>;
  /**
   * Sends a form. The status is the whole answer, a body is not read.
   * @throws OutboundError as `get` does, and for every status but those from 200 to 299
   */
  post(url: string, form: URLSearchParams): Promise<void>;
}

export interface Deps {
  readonly config: Config;
  readonly db: Db;
  /** What the token, userinfo and introspection endpoints read and write, past Prisma's engine. Not for use in a transaction. */
  readonly hotPaths: HotPaths;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly newId: NewId;
  readonly hasher: Hasher;
  readonly throttles: Throttles;
  readonly requestLimits: RequestLimits;
  readonly budget: Budget;
  readonly secretKeys: SecretKeys;
  readonly keys: Keys;
  readonly lastUsed: LastUsed;
  readonly outbound: Outbound;
  readonly readiness: Readiness;
  /** Brings clients the logout tokens that are noted for them (OpenID Connect Back-Channel Logout). */
  readonly logoutCourier: Courier;
  /** Brings people the messages that are noted for them. */
  readonly mailCourier: Courier;
  readonly log: Logger;
}
