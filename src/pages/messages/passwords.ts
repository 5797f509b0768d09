// The English texts of the pages for a forgotten password, and of links that work no more.

export const passwordTexts = {
  forgotPassword: 'Forgot your password?',
  forgotTitle: 'Set a new password',
  forgotLead: 'Type the e-mail address that you sign in with. We send you a link by which you choose a new password.',
  forgotSend: 'Send the link',
  forgotAgain: 'Ask for a new link',
  forgotNoMailLead:
    'This service sends no e-mail, so there is no link to send. Ask whoever operates this service for a new password.',
  forgotSentTitle: 'Look into your mailbox',
  forgotSentLead:
    'If somebody signs in with this address, a link is on its way there. It works for 30 minutes. Only the newest link works.',
  forgotSentHint: 'Nothing came? Look in your spam folder, and check that it is the address that you sign in with.',
  currentPassword: 'Current password',
  myPassword: 'Password',
  myPasswordHint: 'Change the password that you sign in with',
  myPasswordLead:
    'A new password signs you out everywhere else and ends what apps may do for you, until you sign in to them again. API tokens stay.',
  myPasswordNone: 'You have no password yet. We send you a link by which you choose one.',
  myPasswordSave: 'Change password',
  myPasswordChanged: 'Your password is changed. Everybody else who was signed in with the old one is signed out.',
  myPasswordUnchanged: 'Your password was not changed.',
  backToSignIn: 'Back to sign-in',
  notAnEmail: 'This is not an e-mail address.',
  resetTitle: 'Choose a new password',
  resetLead: 'For {email}. This signs you out everywhere else, apps included.',
  newPassword: 'New password',
  newPasswordHint:
    '12 to 128 characters, and none that many people use. Several words are easy to remember and hard to guess.',
  resetDone: 'Your password is changed, and you are signed in here. Everywhere else you are signed out, apps included.',
  resetSave: 'Set password and sign in',
  linkOverTitle: 'This link does not work any more',
  linkOverLead: 'It was used, a newer one took its place, its time is over, or it was not copied whole.',
} as const;
