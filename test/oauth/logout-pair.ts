// Two clients that are told of sign-outs, in an application of their own.
import type { TestBrowser } from '../support/browser.js';
import { createLogoutTest } from '../support/logout-receiver.js';
import { claimsOf } from '../support/oauth.js';

export type LogoutPair = Awaited<ReturnType<typeof createLogoutPair>>;

/** Close it after the tests. */
export async function createLogoutPair() {
  const { app, clients, receivers, close } = await createLogoutTest(2);
  const [client, other] = clients;
  const [receiver, otherReceiver] = receivers;
  if (!client || !other || !receiver || !otherReceiver) throw new Error('There are two of each.');
  return {
    app,
    client,
    other,
    receiver,
    otherReceiver,
    close,
    /** Everything that is sent now, as [the client's id, sid]. */
    async sent() {
      await app.deps.logoutCourier.deliverDue();
      const of = (id: string, tokens: readonly string[]) => tokens.map((token) => [id, claimsOf(token).sid]);
      return [...of(client.id, receiver.tokens()), ...of(other.id, otherReceiver.tokens())];
    },
    /** As if nothing had been sent, nor were to be. */
    async forget() {
      await app.db.logoutDelivery.deleteMany();
      for (const { posts } of receivers) posts.length = 0;
    },
  };
}

/** Signs out on our own page. */
export const signOut = async (browser: TestBrowser) => browser.submit(await browser.visit('/logout'));
