// What members are told by e-mail about their e-mail address, and when their data is deleted.
import { type Mail, type MailedMember, toMember } from '../mail/deliveries.js';

/** A link by which whoever reads the mail proves that the address is theirs. */
export function verifyEmailMail(member: MailedMember, url: string): Mail {
  return {
    ...toMember(member),
    subject: 'Verify your e-mail address for Latchkey',
    paragraphs: [`You sign in to Latchkey with ${member.email}. Confirm that the address is yours.`],
    action: { label: 'Verify the address', url },
    notes: [
      'The link works once, for 24 hours.',
      'If you do not sign in to Latchkey with this address, do nothing, and let nobody have the link.',
    ],
  };
}

/** To an address that somebody wants to sign in with from now on: the link that proves it. Says nothing of the member. */
export function changeEmailMail({ id }: MailedMember, newEmail: string, url: string): Mail {
  return {
    to: newEmail,
    memberId: id,
    subject: 'Confirm your new e-mail address for Latchkey',
    paragraphs: [
      `Somebody asked to sign in to Latchkey with ${newEmail} from now on. If it was you, confirm it in a browser in which you are signed in, or sign in there with your present address.`,
    ],
    action: { label: 'Confirm the new address', url },
    notes: ['The link works once, for an hour.', 'If it was not you, do nothing: nothing has been changed.'],
  };
}

/**
 * The same to an address that a member has already: why there is no link. The log names nobody when it
 * fails: its reader asked for nothing, and whoever asked is not who would miss it.
 */
export function emailTakenMail(newEmail: string): Mail {
  return {
    to: newEmail,
    memberId: null,
    subject: 'This e-mail address is in use at Latchkey',
    paragraphs: [
      `Somebody asked to sign in to Latchkey with ${newEmail} from now on. A member signs in with this address already, and one address belongs to one member, so nothing was changed.`,
      'If it was you, choose another address, or sign in with this one.',
    ],
    notes: [`Nobody but you is told that ${newEmail} is in use.`, 'If it was not you, you need not do anything.'],
  };
}

/** To the present address: that somebody asked for another. */
export function emailChangeAskedMail(member: MailedMember, newEmail: string, issuer: string): Mail {
  return {
    ...toMember(member),
    subject: 'Somebody asked to change your Latchkey e-mail address',
    paragraphs: [
      `Somebody who is signed in as ${member.email} asked to sign in with ${newEmail} instead. Nothing has been changed yet: that happens when they open the link that was sent to ${newEmail}.`,
      'If it was you, there is nothing to do here. If it was not, set a new password at once: that signs everybody out and ends this change.',
    ],
    action: { label: 'Set a new password', url: `${issuer}/forgot-password` },
  };
}

/** To the former address: that it is no more. */
export function emailChangedMail(former: MailedMember, newEmail: string): Mail {
  return {
    ...toMember(former),
    subject: 'Your Latchkey e-mail address was changed',
    paragraphs: [
      `The member who signed in to Latchkey with ${former.email} signs in with ${newEmail} from now on. All other browsers were signed out.`,
    ],
    notes: [
      'If this was not you, ask an admin of your account at once to suspend the member, and whoever operates Latchkey to set your address back: a new password cannot be asked for with this address any more.',
    ],
  };
}

/** To the new address: that it counts. */
export function emailIsYoursMail(former: MailedMember, newEmail: string): Mail {
  return {
    to: newEmail,
    memberId: former.id,
    subject: 'You sign in to Latchkey with this e-mail address now',
    paragraphs: [`You sign in with ${newEmail} from now on, and no more with ${former.email}.`],
    notes: ['If this was not you, ask whoever operates Latchkey to correct it.'],
  };
}

/** That the member deleted themselves. */
export function deletedMail(member: MailedMember, accountName: string): Mail {
  return {
    ...toMember(member),
    subject: 'You were deleted from Latchkey',
    paragraphs: [
      `As you asked, you are no member of ${accountName} any more. Your profile, sessions, connected apps and API tokens were deleted.`,
    ],
    notes: [
      'The audit log of the account keeps what you did in it, with this address.',
      'If this was not you, tell an admin of the account at once.',
    ],
  };
}

/** To whoever was given the service tokens of somebody who left by themselves. */
export function tokensInheritedMail(heir: MailedMember, from: MailedMember, count: number, issuer: string): Mail {
  return {
    ...toMember(heir),
    subject: 'Service tokens at Latchkey are yours now',
    paragraphs: [
      `${from.email} left the account and gave you ${count === 1 ? 'a service token' : `${count} service tokens`}. Each does at most what you may.`,
      'They may know what the tokens are: rotate them.',
    ],
    action: { label: 'Open GraphiQL', url: `${issuer}/graphql` },
  };
}
