// Sends logout tokens to the clients that they are for (OpenID Connect Back-Channel Logout 1.0 sections 2.5 and 2.8): at once
// when a session has ended, and again until they are taken. Which are due, and when again, is sessions/logout-deliveries.ts's.
import { createFaultLog } from '../db/client.js';
import type { Deps } from '../deps.js';
import { type Courier, createCourier } from '../lib/courier.js';
import { OutboundError } from '../lib/errors.js';
import {
  claimLogout,
  findDueLogouts,
  type LogoutDelivery,
  noteFailure,
  noteTaken,
} from '../sessions/logout-deliveries.js';
import { signLogoutToken } from './logout-token.js';

type CourierDeps = Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'keys' | 'outbound' | 'config' | 'log'>;

/** Builds the courier. It sends nothing by itself before `start`. */
export function createLogoutCourier(deps: CourierDeps): Courier {
  const logFault = createFaultLog(deps.log);
  return createCourier<LogoutDelivery>({
    everyMilliseconds: 5_000,
    // It is woken after the commit.
    afterWakeMilliseconds: 0,
    mostAtOnce: 100,
    mostAtOnceOfReceiver: 4,
    receiverOf: ({ clientId }) => clientId,
    findDue: (limits) => findDueLogouts(deps, limits),
    claim: (delivery) => claimLogout(deps, delivery),
    async send(delivery) {
      const logoutToken = await signLogoutToken(deps, delivery);
      try {
        const form = new URLSearchParams({ logout_token: logoutToken });
        await deps.outbound.post(delivery.client.backchannelLogoutUri ?? '', form);
      } catch (error) {
        if (!(error instanceof OutboundError)) throw error;
        return noteFailure(deps, delivery, error.message);
      }
      await noteTaken(deps.db, delivery);
    },
    onFault: (error, doing) =>
      logFault(
        error,
        doing === 'reading' ? 'the logout tokens that are due could not be read' : 'a logout token could not be sent',
      ),
  });
}
