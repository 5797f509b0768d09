// What an account's owner and admins are told by e-mail about its clients. How a message is sent is mail's.
import { type Mail, type MailedMember, toMember } from '../mail/deliveries.js';
import { dayInWords } from '../mail/words.js';

/** That a client's secret expires soon and nothing takes its place. */
export function secretExpiringMail(
  issuer: string,
  to: MailedMember,
  secret: { readonly clientName: string; readonly hint: string; readonly expiresAt: Date },
): Mail {
  const day = dayInWords(secret.expiresAt);
  return {
    ...toMember(to),
    subject: `A secret of ${secret.clientName} expires on ${day}`,
    paragraphs: [
      `A secret of the OAuth client “${secret.clientName}”, the one that ends in ${secret.hint}, expires on ${day}, and the client has no other that lasts longer.`,
      'From then on the app gets no tokens, and nobody can sign in to it.',
    ],
    action: { label: 'Rotate it in the GraphQL API', url: `${issuer}/graphql` },
    notes: [
      'rotateOAuthClientSecret makes a new secret beside it, so that the app need not stop while you give it the new one.',
      'You get this once for each secret, as an owner or admin of the account.',
    ],
  };
}
