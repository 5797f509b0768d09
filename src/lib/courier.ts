// Brings what is noted as rows to whom it is for, while the program runs: looks for what is due, takes each row for one attempt,
// sends several at once but never too many for one receiver. What the rows are, and when they are due again, is told by whoever
// builds one: oauth/logout-courier.ts, mail/courier.ts.

/** Brings what is noted. Works once it was started. */
export interface Courier {
  /**
   * Says that something was or is about to be noted, so that it is sent at once. Nobody waits for it, and what fails is tried
   * again later.
   */
  wake(): void;
  /** Looks for what is due now, and again and again from now on. */
  start(): void;
  /** Begins nothing new and waits for what is under way: seconds at most. */
  stop(): Promise<void>;
  /** Sends what is due, each once, and waits for all of it, started or not. */
  deliverDue(): Promise<void>;
}

/** What a courier brings. */
export interface Round<Row> {
  /** How often to look for what is due again, and for what other processes have noted, such as the operator's commands. */
  readonly everyMilliseconds: number;
  /** How long after being woken to look: none when rows are committed by then, else as long as a transaction lasts as a rule. */
  readonly afterWakeMilliseconds: number;
  readonly mostAtOnce: number;
  /** A receiver that does not answer holds so many places; the others are for everybody else. */
  readonly mostAtOnceOfReceiver: number;
  receiverOf(row: Row): string;
  /** @param except receivers whose places are taken @returns at most `most` rows that are due */
  findDue(limits: { readonly except: readonly string[]; readonly most: number }): Promise<Row[]>;
  /** Takes a row for one attempt. @returns it as it is now, or null when another process was quicker */
  claim(row: Row): Promise<Row | null>;
  /** Makes one attempt and notes how it went. What it throws is a fault of ours: the row is due again when the claim has run out. */
  send(row: Row): Promise<void>;
  /** Tells the log that rows could not be read, or one not be sent, by a fault of ours. */
  onFault(error: unknown, doing: 'reading' | 'sending'): void;
}

/** Builds a courier. It sends nothing by itself before `start`. */
export function createCourier<Row>(round: Round<Row>): Courier {
  const underWay = new Set<Promise<void>>();
  const placesTaken = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let wakeTimer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  const isFull = (receiver: string) => (placesTaken.get(receiver) ?? 0) >= round.mostAtOnceOfReceiver;

  function count(receiver: string, change: 1 | -1): void {
    const taken = (placesTaken.get(receiver) ?? 0) + change;
    if (taken === 0) placesTaken.delete(receiver);
    else placesTaken.set(receiver, taken);
  }

  function begin(row: Row): void {
    const receiver = round.receiverOf(row);
    count(receiver, 1);
    const sending = round
      .send(row)
      .catch((error: unknown) => round.onFault(error, 'sending'))
      .finally(() => {
        underWay.delete(sending);
        count(receiver, -1);
        // A place is free.
        if (timer !== undefined) void look();
      });
    underWay.add(sending);
  }

  /** Begins to send as much of what is due as there are places for. */
  async function fillPlaces(): Promise<void> {
    for (;;) {
      const most = round.mostAtOnce - underWay.size;
      if (most <= 0) return;
      const due = await round.findDue({ except: [...placesTaken.keys()].filter(isFull), most });
      for (const row of due) {
        if (isFull(round.receiverOf(row))) continue;
        const claimed = await round.claim(row);
        if (claimed) begin(claimed);
      }
      // Whoever was left out of a full list may have been behind a receiver that has its places by now.
      if (due.length < most) return;
    }
  }

  /** One look at a time, and one more if somebody asked meanwhile. */
  function look(): Promise<void> {
    lookAgain = true;
    looking ??= (async () => {
      try {
        while (lookAgain) {
          lookAgain = false;
          await fillPlaces();
        }
      } catch (error) {
        round.onFault(error, 'reading');
      } finally {
        looking = null;
      }
    })();
    return looking;
  }

  return {
    wake() {
      if (timer === undefined) return;
      if (round.afterWakeMilliseconds === 0) return void look();
      clearTimeout(wakeTimer);
      wakeTimer = setTimeout(() => void look(), round.afterWakeMilliseconds).unref();
    },
    start() {
      timer ??= setInterval(() => void look(), round.everyMilliseconds).unref();
      void look();
    },
    async stop() {
      clearInterval(timer);
      clearTimeout(wakeTimer);
      timer = undefined;
      await looking;
      await Promise.all(underWay);
    },
    async deliverDue() {
      do {
        await Promise.all(underWay);
        await look();
      } while (underWay.size > 0);
    },
  };
}
