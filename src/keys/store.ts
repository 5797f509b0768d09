// Signing keys at rest: made, encrypted under LATCHKEY_SECRET, read back. Which one signs is decided in service.ts, when the
// next one takes over in rotate.ts.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { Tx } from '../db/client.js';
import type { Deps, SigningAlgorithm } from '../deps.js';
import { seal, unseal } from '../lib/crypto.js';
import type { SecretKeys } from '../lib/secret-keys.js';

const purpose = 'latchkey/signing-keys/v1';

/** A signing key cannot be read or none is there. The message names the cure. */
export class SigningKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SigningKeyError';
  }
}

/** A key ready to verify, and to sign as long as it does, with its life-cycle dates. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** The encrypted private key, by which a row is recognised that was read before. */
  readonly sealed: string;
  readonly publicJwk: JWK;
  /** Null when it signs no more, so that no secret is needed for it, and when LATCHKEY_SECRET does not open it. */
  readonly privateKey: KeyObject | null;
  readonly publicKey: CryptoKey;
  readonly activeAt: Date;
  readonly retiredAt: Date | null;
  readonly unpublishedAt: Date | null;
}

/** A new key as a row. Made before the transaction that stores it: an RSA key takes a moment. */
export interface NewSigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly encryptedPrivateJwk: string;
  readonly publicJwk: string;
}

/** Makes a key pair and encrypts its private half. The `kid` is the key's thumbprint (RFC 7638). */
export async function createSigningKey(
  deps: Pick<Deps, 'secretKeys' | 'randomBytes'>,
  algorithm: SigningAlgorithm,
): Promise<NewSigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
  const publicPart = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(publicPart);
  const header = { kid, alg: algorithm, use: 'sig' };
  const privateJwk = JSON.stringify({ ...(await exportJWK(pair.privateKey)), ...header });
  return {
    kid,
    algorithm,
    encryptedPrivateJwk: seal(deps.secretKeys.current(purpose), privateJwk, deps.randomBytes),
    publicJwk: JSON.stringify({ ...publicPart, ...header }),
  };
}

/** Stores a new key that signs from `activeAt` on. */
export async function storeSigningKey(tx: Tx, key: NewSigningKey, createdAt: Date, activeAt: Date): Promise<void> {
  await tx.signingKey.create({ data: { ...key, createdAt, activeAt } });
}

/** Whether a key signs at this moment or will later. */
export function maySign({ retiredAt }: Pick<SigningKey, 'retiredAt'>, now: Date): boolean {
  return retiredAt === null || retiredAt > now;
}

/** What is told of a key that shall sign and cannot be opened. */
export function unopenable({ kid }: Pick<SigningKey, 'kid'>): SigningKeyError {
  return new SigningKeyError(
    `The signing key ${kid} cannot be decrypted: LATCHKEY_SECRET is not the one it was encrypted with. ` +
      'Set LATCHKEY_SECRET to that secret, or to a comma list that has it, with the new one first and the old one after it.',
  );
}

function openPrivateKey(secretKeys: SecretKeys, sealed: string): KeyObject | null {
  for (const key of secretKeys.all(purpose)) {
    const opened = unseal(key, sealed);
    if (opened !== null) return createPrivateKey({ key: JSON.parse(opened), format: 'jwk' });
  }
  return null;
}

/**
 * Reads every key. Private halves are opened only of those that may yet sign: the others outlive the secret that they were
 * encrypted with. A key that somebody else may hold is as if it had never been.
 * @param known keys that were read before: they are not decrypted and imported again, whatever became of their dates
 * @returns also how many there are with those that somebody else may hold
 */
export async function loadSigningKeys(
  { db, secretKeys, clock }: Pick<Deps, 'db' | 'secretKeys' | 'clock'>,
  known: readonly SigningKey[] = [],
): Promise<{ readonly keys: SigningKey[]; readonly count: number }> {
  const rows = await db.signingKey.findMany({ orderBy: [{ activeAt: 'desc' }, { kid: 'asc' }] });
  const counting = rows.filter(({ compromisedAt }) => compromisedAt === null);
  const now = clock();
  const keys = await Promise.all(
    counting.map(async (row) => {
      const { kid, algorithm, encryptedPrivateJwk: sealed, activeAt, retiredAt, unpublishedAt } = row;
      const before = known.find((key) => key.kid === kid && key.sealed === sealed);
      const publicJwk: JWK = before?.publicJwk ?? JSON.parse(row.publicJwk);
      return {
        kid,
        algorithm,
        sealed,
        publicJwk,
        privateKey: maySign(row, now) ? (before?.privateKey ?? openPrivateKey(secretKeys, sealed)) : null,
        publicKey: before?.publicKey ?? ((await importJWK(publicJwk, algorithm)) as CryptoKey),
        activeAt,
        retiredAt,
        unpublishedAt,
      };
    }),
  );
  return { keys, count: rows.length };
}
