// Lets the event loop come round while there is more to do than it can: of what has come only so much begins in one turn of it, the
// rest waits in line for the next. Node accepts one connection a turn, and reads from whoever has been answered again in the same
// one, so that without this turns of seconds would let nobody in who is new, and timers would be late.
//
// How many begin in a turn: as many as take its budget, at what one has cost on average of late. That cost is all the time that the
// thread was active, by all that came meanwhile, were it worked on, refused or a connection. So cheap things that come in great
// number make what begins more, never less.
import { performance } from 'node:perf_hooks';

type Found = 'its turn' | 'too long';

interface Waiting {
  readonly until: number;
  onTurn(found: Found): void;
}

export interface Turns {
  /**
   * Calls when it is this request's turn, which may be at once.
   * @param longest milliseconds in line after which it is too long
   */
  wait(longest: number, onTurn: (found: Found) => void): void;
  /** How many wait. */
  waiting(): number;
  /** Refuses a request by this, at the end of a turn. */
  refuse(answer: () => void): void;
  /** To call when a request is worked on that need not wait. */
  passed(): void;
  /** To call when a connection was accepted: where one came more may be waiting. */
  accepted(): void;
}

const turnMilliseconds = 10;
const turnMillisecondsWhileAccepting = 3;

// What is remembered of the cost loses a tenth with each turn, so that it is about that of the last ten.
const decay = 0.9;

/** The mean of what things have cost the thread of late, in milliseconds of its time. */
function activeTime() {
  let { active } = performance.eventLoopUtilization();
  let decayedMilliseconds = 1;
  let decayedThings = 1;
  return {
    /** To call with each turn. @param things that came in it */
    learn(things: number): void {
      const before = active;
      ({ active } = performance.eventLoopUtilization());
      decayedMilliseconds = decayedMilliseconds * decay + active - before;
      decayedThings = decayedThings * decay + things;
    },
    /** What so many will cost. */
    of: (things: number) => (things * decayedMilliseconds) / decayedThings,
  };
}

/** @returns whom to ask before a request is worked on, or refused */
export function turns(): Turns {
  const line: Waiting[] = [];
  const refusals: (() => void)[] = [];
  const cost = activeTime();
  let budget = turnMilliseconds;
  // In this turn.
  let begun = 0;
  let others = 0;
  let willEnd = false;

  function endTurnSoon(): void {
    if (!willEnd) setImmediate(endTurn);
    willEnd = true;
  }
  function hasRoom(): boolean {
    return begun === 0 || cost.of(begun) < budget;
  }
  function begin(): void {
    begun += 1;
    endTurnSoon();
  }
  function passed(): void {
    others += 1;
    endTurnSoon();
  }

  function beginNext(now: number): void {
    const next: [Waiting, Found][] = [];
    for (const each of line) {
      if (each.until < now) next.push([each, 'too long']);
      else if (hasRoom()) {
        begin();
        next.push([each, 'its turn']);
      } else break;
    }
    line.splice(0, next.length);
    for (const [{ onTurn }, found] of next) onTurn(found);
  }
  function refuseNext(from: number): void {
    let next = 0;
    for (const answer of refusals) {
      if (performance.now() - from > turnMilliseconds) break;
      answer();
      next += 1;
    }
    refusals.splice(0, next);
  }
  function endTurn(): void {
    cost.learn(begun + others);
    begun = 0;
    others = 0;
    willEnd = false;
    const now = performance.now();
    beginNext(now);
    refuseNext(now);
    budget = turnMilliseconds;
    if (line.length + refusals.length > 0) endTurnSoon();
  }

  return {
    wait(longest, onTurn) {
      if (line.length === 0 && hasRoom()) {
        begin();
        onTurn('its turn');
        return;
      }
      endTurnSoon();
      line.push({ until: performance.now() + longest, onTurn });
    },
    waiting: () => line.length,
    refuse(answer) {
      refusals.push(answer);
      passed();
    },
    passed,
    accepted() {
      budget = turnMillisecondsWhileAccepting;
      passed();
    },
  };
}
