// Idempotency keys: a create or rotate that is asked for again gives what it gave and makes nothing anew. What was asked and
// which row came of it is stored in the very transaction that makes the row.
import type { AccountActor } from '../audit/service.js';
import { isUniqueViolation, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { canonicalJson } from '../lib/canonical-json.js';
import { sha256 } from '../lib/crypto.js';
import { InputError, inputError } from '../lib/errors.js';

const keptMilliseconds = 24 * 3600 * 1000;
const longestKey = 255;

type ServiceDeps = Pick<Deps, 'db' | 'clock' | 'newId'>;

/** What is asked for, by whom, under which key. */
export interface IdempotentRequest {
  readonly actor: AccountActor;
  /** The name of the GraphQL mutation. */
  readonly mutation: string;
  readonly key: string | null | undefined;
  /** The whole input without the key: the same key with another input is a mistake. */
  readonly input: unknown;
}

/** Stores, in the transaction that makes a row, that the row came of this request. */
export type Remember = (tx: Tx, resultId: string) => Promise<void>;

function issue(code: 'INVALID' | 'CONFLICT', message: string): InputError {
  return inputError(code, message, 'idempotencyKey');
}

// Equal requests of one process wait for the first, which spares them its hashing. Those of other processes meet the unique
// index. By dependencies, which are one object for a process.
const running = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Does the work once for a key.
 * @param work does it; it calls `remember` inside its transaction
 * @param again finds what the work made, by the id that was remembered; null for what is gone since
 * @returns what either gave, and whether it was made before
 * @throws InputError CONFLICT when the key came with another input, INVALID for a key that cannot be one
 */
export async function once<Made, Found>(
  deps: ServiceDeps,
  request: IdempotentRequest,
  work: (remember: Remember) => Promise<Made>,
  again: (resultId: string) => Promise<Found>,
): Promise<(Made & { readonly replayed: false }) | (Found & { readonly replayed: true })> {
  const { actor, mutation, key } = request;
  if (key === null || key === undefined) return { ...(await work(async () => {})), replayed: false };
  if (key === '' || key.length > longestKey) {
    throw issue('INVALID', `An idempotency key has 1 to ${longestKey} characters. A random UUID is a good one.`);
  }
  const identity = { accountId: actor.accountId, actorId: actor.id ?? '', mutation, keyHash: sha256(key) };
  const inputHash = sha256(canonicalJson(request.input));

  const replay = async () => {
    const record = await deps.db.idempotencyRecord.findUnique({
      where: { accountId_actorId_mutation_keyHash: identity },
    });
    if (!record || record.expiresAt <= deps.clock()) return null;
    if (record.inputHash !== inputHash) {
      const message = 'This idempotency key was used with another input in the last 24 hours. Use a new key.';
      throw issue('CONFLICT', message);
    }
    return { ...(await again(record.resultId)), replayed: true as const };
  };

  const remember: Remember = async (tx, resultId) => {
    const now = deps.clock();
    await tx.idempotencyRecord.deleteMany({ where: { ...identity, expiresAt: { lte: now } } });
    const expiresAt = new Date(now.getTime() + keptMilliseconds);
    const id = deps.newId('idempotencyRecord');
    await tx.idempotencyRecord.create({ data: { id, ...identity, inputHash, resultId, createdAt: now, expiresAt } });
  };

  const first = async () => {
    const found = await replay();
    if (found) return found;
    try {
      return { ...(await work(remember)), replayed: false as const };
    } catch (error) {
      // Another process was quicker, and nothing of ours was stored. What it made may also be why the input is refused by now.
      const mayBeMade = error instanceof InputError || isUniqueViolation(error, 'keyHash');
      const made = mayBeMade ? await replay() : null;
      if (!made) throw error;
      return made;
    }
  };

  const ofProcess = running.get(deps) ?? new Map<string, Promise<unknown>>();
  running.set(deps, ofProcess);
  const name = Object.values(identity).join(' ');
  for (let before = ofProcess.get(name); before !== undefined; before = ofProcess.get(name)) {
    await before.catch(() => {});
  }
  const result = first();
  ofProcess.set(name, result);
  try {
    return await result;
  } finally {
    ofProcess.delete(name);
  }
}
