// Lets the event loop come round while there is more to do than it can: of what has come only so much begins in one turn of it, the
// rest waits in line for the next. Node accepts one connection a turn, and reads from whoever has been answered again in the same
// one, so that without this turns of seconds would let nobody in who is new, and timers would be late.
import { performance } from 'node:perf_hooks';

type Found = 'its turn' | 'too long';

interface Waiting {
  readonly until: number;
  resolve(found: Found): void;
}

export interface Turns {
  /** Whether it is this request's turn, when it is. @param longest milliseconds in line after which nobody works on it */
  wait(longest: number): Found | Promise<Found>;
  /** Refuses a request by this, at the end of a turn. */
  refuse(answer: () => void): void;
  /** To call when a connection was accepted: where one came more may be waiting. */
  accepted(): void;
}

const millisecondsOfTurn = 10;
const millisecondsWhileAccepting = 1;

// What takes longer between two refusals was something else.
const mostMillisecondsOfRefusal = 0.25;

// How much of what was known stays with each turn: what a request costs is known after some ten turns.
const kept = 0.9;

/** @returns whom to ask before a request is worked on, or refused */
export function turns(): Turns {
  const line: Waiting[] = [];
  const refusals: (() => void)[] = [];
  let begun = 0;
  let slice = millisecondsOfTurn;
  let turnEnds = false;
  // What requests cost the thread: all that it has done but refuse, by how many have begun.
  let { active } = performance.eventLoopUtilization();
  let worked = 1;
  let of = 1;
  // Milliseconds of this turn.
  let refusing = 0;
  let refusedAt = Number.POSITIVE_INFINITY;
  let refusesSoon = false;
  let refusedFrom = 0;

  function endTurnSoon(): void {
    if (!turnEnds) setImmediate(endTurn);
    turnEnds = true;
  }

  // Whoever is refused, and comes again and again at once, must not take the thread from those who were let in.
  function hasRoom(): boolean {
    return begun === 0 || begun * worked < Math.max(slice, refusing) * of;
  }
  function begin(): void {
    begun += 1;
    endTurnSoon();
  }

  function learnCost(): void {
    const before = active;
    ({ active } = performance.eventLoopUtilization());
    const decay = begun > 0 ? kept : 1;
    worked = worked * decay + Math.max(0, active - before - refusing);
    of = of * decay + begun;
  }
  function beginNext(now: number): void {
    let next = 0;
    for (const { until, resolve } of line) {
      if (until < now) resolve('too long');
      else if (hasRoom()) {
        begin();
        resolve('its turn');
      } else break;
      next += 1;
    }
    line.splice(0, next);
  }
  function endTurn(): void {
    learnCost();
    turnEnds = false;
    begun = 0;
    beginNext(performance.now());
    slice = millisecondsOfTurn;
    refusing = 0;
    refusedAt = Number.POSITIVE_INFINITY;
    if (line.length > 0) endTurnSoon();
  }

  // Three in a row: what Node does for an answer once it has left counts as well, and is over when the third comes.
  function refuseSoon(): void {
    if (refusesSoon) return;
    refusesSoon = true;
    endTurnSoon();
    setImmediate(refuseNext);
    setImmediate(endRefusing);
  }
  function refuseNext(): void {
    refusedFrom = performance.now();
    let next = 0;
    for (const answer of refusals) {
      if (performance.now() - refusedFrom > millisecondsOfTurn) break;
      answer();
      next += 1;
    }
    refusals.splice(0, next);
  }
  function endRefusing(): void {
    refusing += performance.now() - refusedFrom;
    refusesSoon = false;
    if (refusals.length > 0) refuseSoon();
  }

  return {
    wait(longest) {
      if (line.length === 0 && hasRoom()) {
        begin();
        return 'its turn';
      }
      endTurnSoon();
      return new Promise((resolve) => line.push({ until: performance.now() + longest, resolve }));
    },
    refuse(answer) {
      // What it took to read this one, since the one before it.
      const now = performance.now();
      refusing += Math.min(Math.max(0, now - refusedAt), mostMillisecondsOfRefusal);
      refusedAt = now;
      refusals.push(answer);
      refuseSoon();
    },
    accepted() {
      slice = millisecondsWhileAccepting;
    },
  };
}
