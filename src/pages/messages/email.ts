// The English texts about a member's e-mail address: the section of their profile, and the pages that a link opens.

export const emailTexts = {
  emailSection: 'E-mail address',
  emailVerifyHint: 'We do not know yet whether {email} is yours.',
  emailVerifySend: 'Send a link to verify it',
  emailVerifySent: 'A link is on its way to your mailbox. It works for 24 hours.',
  emailPending: 'A link was sent to {email}. Your address changes when you confirm it there, until {until}.',
  emailPendingCancel: 'Keep the present address',
  emailCancelled: 'Your address stays as it is.',
  emailNew: 'New e-mail address',
  emailNewHint:
    'We send a link there, and tell your present address. All other browsers are signed out when it changes.',
  emailChange: 'Send the link',
  emailChangeSent: 'A link is on its way to the new address. It works for an hour. Your present address has been told.',
  emailNoMail:
    'This service sends no e-mail, so an address can be neither verified nor changed here. Whoever operates it can do both.',
  emailSignInAgain:
    'To change it, sign in again first. We ask whenever your last sign-in is more than ten minutes ago.',
  signInAgainNow: 'Sign in again',
  emailVerifiedNow: 'Your e-mail address is verified.',
  emailChangedNow: 'You sign in with this e-mail address from now on. All other browsers were signed out.',

  emailVerifyTitle: 'Verify your e-mail address',
  emailVerifyLead: 'Is {email} your address?',
  emailVerifyConfirm: 'Yes, it is mine',
  emailChangeTitle: 'Confirm your new e-mail address',
  emailChangeLead:
    'This changes your address from {old} to {email}. You sign in with the new one from then on, and all other browsers are signed out.',
  emailChangeConfirm: 'Use this address',
  emailDoneTitle: 'It is done',
  emailDoneLead: '{email} is known to be yours.',
  emailSignInTitle: 'Sign in first',
  emailSignInLead:
    'To use {email} from now on, sign in with your present address. So nobody gets your account by a link that went astray.',
  emailOtherTitle: 'This link is for somebody else',
  emailOtherLead: 'You are signed in as another member than the one who asked to use {email}.',
  emailOtherSwitch: 'Sign out',
  emailTakenTitle: 'This address is in use',
  emailTakenLead: 'Another member has {email} since the link was sent. Nothing was changed: choose another address.',
  toMyAccount: 'Go to my account',
} as const;
