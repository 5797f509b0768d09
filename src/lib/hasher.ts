// Slow hashing of passwords and client secrets with argon2id, bounded: a few at once, a queue that is fair by lane and by
// address, and a refusal when the queue is full, so that nobody can take all threads or all memory by guessing.
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

/**
 * Who waits with whom. Lanes are served in turn and each has room of its own, so that a flood in one holds up no other: people
 * in browsers that they signed in with before, and whoever stores a hash, which takes a session or a link; people in other
 * browsers; clients.
 */
export type Lane = 'known' | 'people' | 'clients';

export interface Hasher {
  /** Hashes for storage. `address` is whose turn in the queue this is. @throws OverloadedError */
  hash(text: string, address: string): Promise<string>;
  /**
   * Waits for a turn of this address, then runs the job. Throttles belong inside: there they see the failures of those who
   * went before, so that guessing all at once gains nothing.
   * @throws OverloadedError, and whatever the job throws
   */
  inTurn<T>(address: string, job: (turn: HashTurn) => Promise<T>, lane?: Lane): Promise<T>;
  /** Says whether a stored hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean;
}

interface Waiting {
  /** One line for each address. */
  readonly lines: Map<string, (() => void)[]>;
  count: number;
}

/** Takes the next job of a lane. @returns null when nobody waits */
function takeNext(waiting: Waiting): (() => void) | null {
  const first = waiting.lines.entries().next();
  if (first.done) return null;
  const [address, line] = first.value;
  const start = line.shift() ?? null;
  // The address goes to the end of the round, so that one with many jobs cannot hold up the others.
  waiting.lines.delete(address);
  if (line.length > 0) waiting.lines.set(address, line);
  waiting.count -= 1;
  return start;
}

/**
 * Runs at most `concurrency` jobs at once; the rest wait, in one line per address, served in turn, and so are the lanes.
 * @param longestQueue how many may wait in each lane
 */
export function createFairQueue(concurrency: number, longestQueue: number) {
  const lanes = new Map<Lane, Waiting>();
  for (const lane of ['known', 'people', 'clients'] as const) lanes.set(lane, { lines: new Map(), count: 0 });
  let running = 0;

  function release(): void {
    for (const [lane, waiting] of lanes) {
      const start = takeNext(waiting);
      if (start === null) continue;
      lanes.delete(lane);
      lanes.set(lane, waiting);
      // The place is handed on as it is, so that nobody who arrives meanwhile can take it twice.
      start();
      return;
    }
    running -= 1;
  }

  return async function enqueue<T>(address: string, job: () => Promise<T>, lane: Lane = 'people'): Promise<T> {
    const waiting = lanes.get(lane);
    if (running < concurrency || !waiting) {
      running += 1;
    } else {
      // One address may fill half the queue at most, so that the others still find a place.
      const line = waiting.lines.get(address) ?? [];
      if (waiting.count >= longestQueue || line.length >= longestQueue / 2) throw new OverloadedError(2);
      waiting.count += 1;
      waiting.lines.set(address, line);
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
 * @param longestQueue how many may wait in each lane before callers are told to come back
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
    hash: (text, address) => enqueue(address, () => hash(text, options), 'known'),
    inTurn: (address, job, lane) => enqueue(address, () => job(turn), lane),
    isOutdated: (stored) => needsRehash(stored, options),
  };
}
