// What members are told by e-mail about their account. How a message is sent is mail's.
import { type Mail, type MailedMember, toMember } from '../mail/deliveries.js';

/** That somebody set a new password. */
export function passwordChangedMail(member: MailedMember): Mail {
  return {
    ...toMember(member),
    subject: 'Your Latchkey password was changed',
    paragraphs: [
      `The password of ${member.email} was changed. Everybody who was signed in with it is signed out, apps included.`,
    ],
    notes: ['If this was not you, ask an admin of your account for help at once.'],
  };
}

interface Invited {
  readonly invited: MailedMember;
  readonly accountName: string;
  /** The name or address of whoever invites. */
  readonly inviter: string;
}

const notExpected = 'If you did not expect this, you need not do anything.';

/** That somebody is invited to an account, with the link to accept it. */
export function invitationMail({ invited, accountName, inviter, url }: Invited & { readonly url: string }): Mail {
  return {
    ...toMember(invited),
    subject: `${inviter} invites you to ${accountName} on Latchkey`,
    paragraphs: [
      `${inviter} invites you to the account ${accountName}. Accept the invitation, choose a password, and sign in with ${invited.email} from then on.`,
    ],
    action: { label: 'Accept the invitation', url },
    notes: ['The link works for seven days, and once.', notExpected],
  };
}

/** The same for an address that belongs to a member of another account: why it cannot be accepted. */
export function unusableInvitationMail({ invited, accountName, inviter }: Invited): Mail {
  const { email } = invited;
  return {
    ...toMember(invited),
    subject: `${inviter} invites you to ${accountName} on Latchkey`,
    paragraphs: [
      `${inviter} invites you to the account ${accountName}. You sign in to another account with ${email} already, and one address belongs to one account.`,
      `To join ${accountName} as well, ask ${inviter} to invite another address of yours.`,
    ],
    notes: [`Nobody but you is told that ${email} is in use.`, notExpected],
  };
}

/** That an admin suspended the member. */
export function suspendedMail(member: MailedMember): Mail {
  return {
    ...toMember(member),
    subject: 'You cannot sign in to Latchkey for now',
    paragraphs: [`An admin of your account suspended ${member.email}. You are signed out everywhere, apps included.`],
    notes: ['Ask an admin of your account if you do not know why.'],
  };
}

/** That an admin lets the member sign in again. */
export function restoredMail(member: MailedMember): Mail {
  return {
    ...toMember(member),
    subject: 'You can sign in to Latchkey again',
    paragraphs: [
      `An admin of your account restored ${member.email}. You can sign in again with the password that you had, and to your apps. Your API tokens work again.`,
    ],
  };
}

/** That an admin removed the member. */
export function removedMail(member: MailedMember): Mail {
  return {
    ...toMember(member),
    subject: 'You were removed from your account on Latchkey',
    paragraphs: [`An admin removed ${member.email} from the account. You are signed out everywhere, apps included.`],
    notes: ['Ask an admin of the account if you do not know why.'],
  };
}

/** To the old owner: that the account was handed on. */
export function ownershipGivenMail(from: MailedMember, to: MailedMember): Mail {
  return {
    ...toMember(from),
    subject: 'Your account on Latchkey has another owner',
    paragraphs: [`${to.email} owns the account now. You are an admin of it.`],
    notes: ['If this was not you, tell whoever operates Latchkey for you at once.'],
  };
}

/** To the new owner. */
export function ownershipReceivedMail(to: MailedMember, from: MailedMember): Mail {
  return {
    ...toMember(to),
    subject: 'You own your account on Latchkey now',
    paragraphs: [`${from.email} handed the account on to you.`],
  };
}

/** A link by which whoever reads the mail sets a new password. */
export function resetMail(member: MailedMember, url: string): Mail {
  return {
    ...toMember(member),
    subject: 'Set a new Latchkey password',
    paragraphs: [
      `Somebody asked for a new password for ${member.email}. If it was you, choose one on the page that this opens.`,
    ],
    action: { label: 'Choose a new password', url },
    notes: [
      'The link works once, for 30 minutes.',
      'If it was not you, do nothing: your password stays as it is, and nobody else has seen this link.',
    ],
  };
}
