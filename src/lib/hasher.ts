// Slow hashing of passwords and client secrets with argon2id, bounded: a few at once, a queue that is fair by address, and a
// refusal when the queue is full, so that nobody can take all threads or all memory by guessing.
import { argon2id, hash, needsRehash, verify } from 'argon2';
import { OverloadedError } from './errors.js';

export interface HashParameters {
  /** KiB of memory. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** 19 MiB, two passes, one lane: OWASP's minimum for argon2id. */
export const productionHashParameters: HashParameters = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

/** What can be checked while it is one's turn. */
export interface HashTurn {
  /** Checks a text against a stored hash. */
  verify(stored: string, text: string): Promise<boolean>;
  /** Costs what `verify` costs and is always false: for names that do not exist. */
  burn(text: string): Promise<false>;
}

export interface Hasher {
  /** Hashes for storage. `address` is whose turn in the queue this is. @throws OverloadedError */
  hash(text: string, address: string): Promise<string>;
  /**
   * Waits for a turn of this address, then runs the job. Throttles belong inside: there they see the failures of those who
   * went before, so that guessing all at once gains nothing.
   * @throws OverloadedError, and whatever the job throws
   */
  inTurn<T>(address: string, job: (turn: HashTurn) => Promise<T>): Promise<T>;
  /** Says whether a stored hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean;
}

/** Runs at most `concurrency` jobs at once; the rest wait in one line per address, served in turn. */
export function createFairQueue(concurrency: number, longestQueue: number) {
  const lines = new Map<string, (() => void)[]>();
  let running = 0;
  let waiting = 0;

  function release(): void {
    const first = lines.entries().next();
    if (first.done) {
      running -= 1;
      return;
    }
    // The place is handed on as it is, so that nobody who arrives meanwhile can take it twice.
    const [address, line] = first.value;
    const start = line.shift();
    // The address goes to the end of the round, so that one with many jobs cannot hold up the others.
    lines.delete(address);
    if (line.length > 0) lines.set(address, line);
    waiting -= 1;
    start?.();
  }

  return async function enqueue<T>(address: string, job: () => Promise<T>): Promise<T> {
    if (running < concurrency) {
      running += 1;
    } else {
      // One address may fill half the queue at most, so that the others still find a place.
      const line = lines.get(address) ?? [];
      if (waiting >= longestQueue || line.length >= longestQueue / 2) throw new OverloadedError(2);
      waiting += 1;
      lines.set(address, line);
      await new Promise<void>((resolve) => line.push(resolve));
    }
    try {
      return await job();
    } finally {
      release();
    }
  };
}

/**
 * Builds the hasher.
 * @param parameters argon2id's cost
 * @param concurrency how many hashes may run at once: two fewer than libuv's threads, so that file and DNS work goes on
 * @param longestQueue how many may wait before callers are told to come back
 */
export function createHasher(parameters: HashParameters, concurrency: number, longestQueue = 100): Hasher {
  const enqueue = createFairQueue(concurrency, longestQueue);
  const options = { type: argon2id, ...parameters } as const;
  // The hash of no text, made up rather than computed, so that the first unknown name costs no more than the next.
  const { memoryCost, timeCost, parallelism } = parameters;
  const decoy = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;
  const turn: HashTurn = {
    verify: (stored, text) => verify(stored, text),
    async burn(text) {
      await verify(decoy, text);
      return false;
    },
  };
  return {
    hash: (text, address) => enqueue(address, () => hash(text, options)),
    inTurn: (address, job) => enqueue(address, () => job(turn)),
    isOutdated: (stored) => needsRehash(stored, options),
  };
}
