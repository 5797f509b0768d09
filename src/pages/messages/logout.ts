// The English texts of signing out, and what can be wrong with an app's request for it.

export const logoutTexts = {
  signOut: 'Sign out',
  signOutTitle: 'Sign out?',
  signOutAskedBy: '{client} asks to sign you out of Latchkey.',
  signOutHint: 'This ends your session in this browser. Apps you signed in to may keep sessions of their own.',
  staySignedIn: 'Stay signed in',
  signedOutTitle: 'You are signed out',
  signedOutHint: 'On a shared computer, close the browser as well.',
  signedOutByApp: 'You can close this page, or go back to the app.',
  signInAgain: 'Sign in again',

  logoutUnusable: 'The parameter {name} was sent more than once, or with a NUL character.',
  logoutStateTooLong: 'state can have at most {most} characters.',
  logoutBadHint: 'id_token_hint is not an ID token that we issued.',
  logoutOtherClient: 'client_id is not the client that id_token_hint was issued to.',
  logoutUnknownClient: 'There is no app with this client_id.',
  logoutWhoseUri: 'post_logout_redirect_uri needs an id_token_hint or a client_id, which say whose it is.',
  logoutDisabledClient: 'This app has been disabled by the account that registered it.',
  logoutUnknownUri: 'post_logout_redirect_uri is not one that is registered for this app.',
} as const;
