// What the token and authorization endpoints write: the use of something that is used once, and what it gives, both or neither.
// How, is postgresql-writes.ts's and sqlite-writes.ts's part.

/** A refresh token that is to be stored. */
export interface NewRefreshToken {
  readonly id: string;
  readonly familyId: string;
  readonly hash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A refresh token that is used up by its successor. */
export interface UsedRefreshToken {
  readonly id: string;
  readonly usedAt: Date;
  /** The successor, sealed for a repeat; null when there is no grace window. */
  readonly sealedSuccessor: string | null;
}

/** A sign-in through a client that is to be stored: its family and the code that the client gets. */
export interface NewSignIn {
  readonly family: {
    readonly id: string;
    readonly consentId: string;
    readonly sessionId: string;
    readonly scopes: string;
    readonly resource: string | null;
    readonly requestedClaims: string | null;
    readonly authenticatedAt: Date;
    readonly methods: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
  readonly code: {
    readonly id: string;
    readonly hash: string;
    readonly redirectUri: string;
    readonly redirectUriRequired: boolean;
    readonly codeChallenge: string | null;
    readonly nonce: string | null;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  };
}

/** The writing half of the hot paths. */
export interface HotWrites {
  /**
   * Uses a code up and stores the refresh token that it gives, if it gives one.
   * @returns true for exactly one of any number of callers; for the others nothing is stored
   */
  redeemCode(id: string, usedAt: Date, given: NewRefreshToken | null): Promise<boolean>;
  /**
   * Uses a refresh token up and stores its successor. The seal of the token that it had succeeded itself is erased.
   * @returns true for exactly one of any number of callers; for the others nothing is stored
   */
  rotateRefreshToken(used: UsedRefreshToken, successor: NewRefreshToken): Promise<boolean>;
  /**
   * Stores a sign-in while its session lives and its consent stands, and takes the request that waited for it, all or none. Whoever
   * ends the session or takes the consent back at this moment waits, or is seen here; session first, then consent, then request.
   * @param requestId the waiting request; null when it did not wait
   * @returns false when session, consent or request was over: then nothing is stored, and the request stays
   */
  storeSignIn(signIn: NewSignIn, requestId: string | null): Promise<boolean>;
}
