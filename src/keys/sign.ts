// Writes a JWS in compact form (RFC 7515 section 7.1) with one of our own keys. Not by jose, which signs through WebCrypto: an
// ES256 signature costs three times as much that way, and signing is a third of a client-credentials answer. What is read and
// verified is jose's all the same (service.ts).
import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm, TokenType } from '../deps.js';

const signOffThread = promisify(sign);

/** A key that signs, and what its tokens' headers say of it. */
export interface Signer {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: KeyObject;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

const encodedHeaders = new WeakMap<Signer, Map<TokenType, string>>();

/** The header of a signer's tokens of a type: always the same, so it is written once. */
function encodedHeader(signer: Signer, type: TokenType): string {
  const known = encodedHeaders.get(signer) ?? new Map<TokenType, string>();
  const header = known.get(type) ?? encode({ alg: signer.algorithm, kid: signer.kid, typ: type });
  encodedHeaders.set(signer, known.set(type, header));
  return header;
}

function signature({ algorithm, privateKey }: Signer, text: string, hasCoreToSpare: boolean): Buffer | Promise<Buffer> {
  const data = Buffer.from(text, 'ascii');
  // RFC 7518 section 3.4: the two numbers side by side, not in DER. It takes less time than handing it to another thread.
  if (algorithm === 'ES256') return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  // Section 3.3. Ten times as long: other requests go on meanwhile. Where the other thread would have no core of its own they
  // would not, and handing it over takes a tenth of a refresh.
  return hasCoreToSpare ? signOffThread('sha256', data, privateKey) : sign('sha256', data, privateKey);
}

/**
 * Signs claims as they are.
 * @param hasCoreToSpare whether another thread has a core to sign on
 * @returns the compact JWS
 */
export async function signCompact(
  signer: Signer,
  type: TokenType,
  claims: Readonly<Record<string, unknown>>,
  hasCoreToSpare: boolean,
): Promise<string> {
  const text = `${encodedHeader(signer, type)}.${encode(claims)}`;
  return `${text}.${(await signature(signer, text, hasCoreToSpare)).toString('base64url')}`;
}
