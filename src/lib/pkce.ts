// Proof Key for Code Exchange (RFC 7636), method S256 only.
import { constantTimeEqual, sha256 } from './crypto.js';

/** A challenge of method S256: 43 characters of base64url, since that is what SHA-256 gives (RFC 7636 section 4.2). */
export function isCodeChallenge(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** 43 to 128 unreserved characters (RFC 7636 section 4.1). */
export function isCodeVerifier(text: string): boolean {
  return /^[A-Za-z0-9\-._~]{43,128}$/.test(text);
}

/** Says whether the verifier is the one that the S256 challenge was made from (RFC 7636 section 4.6). */
export function verifierMatches(verifier: string, challenge: string): boolean {
  return isCodeVerifier(verifier) && constantTimeEqual(sha256(verifier), challenge);
}
