// What members are told by e-mail about their account. How a message is sent is mail's.
import type { Mail } from '../mail/deliveries.js';

/** That somebody set a new password. */
export function passwordChangedMail(member: { readonly email: string }): Mail {
  return {
    to: member.email,
    subject: 'Your Latchkey password was changed',
    paragraphs: [
      `The password of ${member.email} was changed. Everybody who was signed in with it is signed out, apps included.`,
    ],
    notes: ['If this was not you, ask an admin of your account for help at once.'],
  };
}
