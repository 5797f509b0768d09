// How many requests this process has under way: those that have come whole and were not answered yet.
import type { HttpBindings } from '@hono/node-server';

/** What Node has of a request when its headers have come. */
export type Incoming = Pick<HttpBindings['incoming'], 'method' | 'url' | 'headers' | 'complete'> & {
  once(event: 'end', listener: () => void): unknown;
};

interface Begun {
  readonly incoming: Incoming;
  counted: boolean;
  ended: boolean;
}

export interface UnderWay {
  /** Whether so many are under way, or more. */
  isAtLeast(bound: number): boolean;
  /**
   * To call when the headers of a request have come.
   * @returns to call when it is over, with whether it was worked on; a second call does nothing
   */
  begin(incoming: Incoming): (worked: boolean) => void;
  /** What was seen since somebody last looked: the fewest that were under way at any moment, and how many were worked on to the end. */
  look(): { readonly least: number; readonly done: number; readonly now: number };
}

/** Whether something is said to come after its headers. */
export function hasBody({ headers }: Incoming): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || Number(length) !== 0;
}

// The one method whose bodies are read here. The end of a body that nobody reads never comes.
const methodOfBodies = 'POST';

/** Counts requests. One whose body is still to come takes nobody's place, however slowly it is sent. */
export function underWay(): UnderWay {
  let now = 0;
  let least = 0;
  let done = 0;
  let perhapsWithoutBody: Begun[] = [];

  function change(by: 1 | -1): void {
    now += by;
    least = Math.min(least, now);
  }

  // Whether a body has come can only be looked up, once all is read that came with the headers. Of its end Node tells whoever reads
  // it, which may be long after.
  function lookForBodies(): void {
    for (const request of perhapsWithoutBody) {
      if (request.ended || request.incoming.complete) continue;
      request.counted = false;
      change(-1);
      request.incoming.once('end', () => {
        if (request.ended) return;
        request.counted = true;
        change(1);
      });
    }
    perhapsWithoutBody = [];
  }

  return {
    isAtLeast(bound) {
      if (now >= bound) lookForBodies();
      return now >= bound;
    },
    begin(incoming) {
      const request = { incoming, counted: true, ended: false };
      change(1);
      const mayWait = incoming.method === methodOfBodies && hasBody(incoming);
      if (mayWait) {
        if (perhapsWithoutBody.length === 0) setImmediate(lookForBodies);
        perhapsWithoutBody.push(request);
      }
      return (worked) => {
        if (request.ended) return;
        request.ended = true;
        if (!request.counted) return;
        change(-1);
        // What was refused before its body had come was no work, and says nothing of how much can be done.
        if (worked && (!mayWait || incoming.complete)) done += 1;
      };
    },
    look() {
      const seen = { least, done, now };
      least = now;
      done = 0;
      return seen;
    },
  };
}
