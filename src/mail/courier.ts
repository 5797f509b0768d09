// Sends the messages that are noted (deliveries.ts), at once and again until they are taken. A process that is killed between the
// server's yes and our forgetting the row sends that message a second time, under the same Message-ID; none is lost.
import { createFaultLog } from '../db/client.js';
import type { Deps } from '../deps.js';
import { type Courier, createCourier } from '../lib/courier.js';
import { openMail } from './deliveries.js';
import { MailError, type MailTransport } from './letter.js';
import { claimMail, findDueMails, type MailRow, noteMailFailure, noteSent } from './outbox.js';
import { renderMail } from './render.js';
import { mostConnections } from './smtp.js';

type CourierDeps = Pick<Deps, 'db' | 'clock' | 'secretKeys' | 'config' | 'log'>;

/** Builds the courier. It sends nothing by itself before `start`; when it stops it lets go of the transport. */
export function createMailCourier(deps: CourierDeps, transport: MailTransport): Courier {
  const logFault = createFaultLog(deps.log);
  const { hostname } = new URL(deps.config.issuer);

  async function send(row: MailRow): Promise<void> {
    const mail = openMail(deps, row);
    try {
      if (mail === null) {
        const reason = 'It is sealed with a secret that LATCHKEY_SECRET does not hold.';
        throw new MailError(reason, { isFinal: false });
      }
      await transport.send({
        messageId: `<${row.id}@${hostname}>`,
        from: deps.config.mailFrom,
        to: mail.to,
        date: row.createdAt,
        ...renderMail(mail),
      });
    } catch (error) {
      if (!(error instanceof MailError)) throw error;
      return noteMailFailure(deps, row, error, mail?.memberId ?? undefined);
    }
    await noteSent(deps.db, row);
  }

  const courier = createCourier<MailRow>({
    // Somebody looks into their mailbox: a second is what a message may wait that another process noted.
    everyMilliseconds: 1_000,
    // It is woken in the transaction that notes the message, which is over soon after.
    afterWakeMilliseconds: 100,
    mostAtOnce: mostConnections,
    mostAtOnceOfReceiver: mostConnections,
    // The operator's server, whoever the message is for.
    receiverOf: () => 'server',
    findDue: ({ most }) => findDueMails(deps, most),
    claim: (row) => claimMail(deps, row),
    send,
    onFault: (error, doing) =>
      logFault(
        error,
        doing === 'reading' ? 'the messages that are due could not be read' : 'a message could not be sent',
      ),
  });
  return {
    ...courier,
    async stop() {
      await courier.stop();
      transport.close();
    },
  };
}
