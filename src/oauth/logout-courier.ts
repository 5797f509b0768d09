// Sends logout tokens to the clients that they are for (OpenID Connect Back-Channel Logout 1.0 sections 2.5 and 2.8): at once
// when a session has ended, and again until they are taken. Which are due, and when again, is sessions/logout-deliveries.ts's.
import type { Deps, LogoutCourier } from '../deps.js';
import { OutboundError } from '../lib/errors.js';
import {
  claimLogout,
  findDueLogouts,
  type LogoutDelivery,
  noteFailure,
  noteTaken,
} from '../sessions/logout-deliveries.js';
import { signLogoutToken } from './logout-token.js';

/** How often to look for what is due again, and for what other processes have noted, such as the operator's commands. */
const everyMilliseconds = 5_000;
const mostAtOnce = 100;
/** A client that does not answer holds so many places for the seconds that a call may last; the others are for everybody else. */
const mostAtOnceOfClient = 4;

type CourierDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'keys' | 'outbound' | 'config' | 'log'>;

/** Builds the courier. It sends nothing by itself before `start`. */
export function createLogoutCourier(deps: CourierDeps): LogoutCourier {
  const underWay = new Set<Promise<void>>();
  const callsByClient = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  const isFull = (clientId: string) => (callsByClient.get(clientId) ?? 0) >= mostAtOnceOfClient;

  function count(clientId: string, change: 1 | -1): void {
    const calls = (callsByClient.get(clientId) ?? 0) + change;
    if (calls === 0) callsByClient.delete(clientId);
    else callsByClient.set(clientId, calls);
  }

  /** One attempt. A fault of ours is not the client's: the row is due again when the claim has run out. */
  async function send(delivery: LogoutDelivery): Promise<void> {
    const logoutToken = await signLogoutToken(deps, delivery);
    try {
      const form = new URLSearchParams({ logout_token: logoutToken });
      await deps.outbound.post(delivery.client.backchannelLogoutUri ?? '', form);
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      return noteFailure(deps, delivery, error.message);
    }
    await noteTaken(deps.db, delivery);
  }

  function begin(delivery: LogoutDelivery): void {
    count(delivery.clientId, 1);
    const sending = send(delivery)
      .catch((error: unknown) => deps.log.error({ err: error }, 'a logout token could not be sent'))
      .finally(() => {
        underWay.delete(sending);
        count(delivery.clientId, -1);
        // A place is free.
        if (timer !== undefined) void look();
      });
    underWay.add(sending);
  }

  /** Begins to send as much of what is due as there are places for. */
  async function fillPlaces(): Promise<void> {
    for (;;) {
      const most = mostAtOnce - underWay.size;
      if (most <= 0) return;
      const except = [...callsByClient.keys()].filter(isFull);
      const due = await findDueLogouts(deps, { except, most });
      for (const delivery of due) {
        if (isFull(delivery.clientId)) continue;
        const claimed = await claimLogout(deps, delivery);
        if (claimed) begin(claimed);
      }
      // Whoever was left out of a full list may have been behind a client that has its places by now.
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
        deps.log.error({ err: error }, 'the logout tokens that are due could not be read');
      } finally {
        looking = null;
      }
    })();
    return looking;
  }

  return {
    wake() {
      if (timer !== undefined) void look();
    },
    start() {
      timer ??= setInterval(() => void look(), everyMilliseconds).unref();
      void look();
    },
    async stop() {
      clearInterval(timer);
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
