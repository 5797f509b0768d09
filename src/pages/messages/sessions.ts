// The English texts of the page of sessions.

export const sessionsTexts = {
  mySessions: 'Sessions',
  mySessionsHint: 'Where you are signed in, and signing out there',
  mySessionsLead:
    'Where you are signed in. Sign out any that you do not recognise, and set a new password if it was not you.',
  mySessionsHere: 'This browser',
  mySessionsAddress: 'Address',
  mySessionsUnknown: 'Unknown',
  mySessionsSignedIn: 'Signed in',
  mySessionsActive: 'Last active',
  mySessionsEndOf: 'Sign out {browser}, signed in {time}',
  mySessionsEndOthers: 'Sign out everywhere else',
  mySessionsEndOthersHint:
    'Apps that you signed in to there lose their access too, save those that keep it while you are away.',
  mySessionsOnly: 'You are signed in nowhere else.',
  mySessionsEnded: 'That browser is signed out.',
  mySessionsOthersEnded: 'You are signed out everywhere else.',
} as const;
