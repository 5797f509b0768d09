// The English texts of the pages that say what went wrong. A title says what it is, a message why, a hint what to do next.

/** The texts of one such page. */
export interface PageErrorTexts {
  readonly title: string;
  readonly message: string;
  readonly hint?: string;
}

const startAgain = 'Go back to the app and try again. If it keeps happening, tell the people who make the app.';

export const pageErrorTexts = {
  notFound: { title: 'Page not found', message: 'There is nothing at this address.' },
  wrongMethod: {
    title: 'This page cannot do that',
    message: 'There is a page at this address, but nothing that a form could send here.',
  },
  ourFault: {
    title: 'Something went wrong',
    message: 'The fault is on our side.',
    hint: 'Try again in a moment. If it keeps happening, report it with the reference below.',
  },
  wait: { title: 'Please wait a moment', message: '{reason}' },
  unavailable: {
    title: 'Please wait a moment',
    message: '{reason}',
    hint: 'Then reload the page. If you had sent a form, look whether it was done before you send it again.',
  },
  formTooLong: { title: 'That was too much', message: 'A form can have at most {bytes} bytes.' },
  appRemoved: {
    title: 'This app is not here any more',
    message: 'The app was removed while you were signing in to it.',
  },

  wrongAddress: {
    title: 'This is not the address of Latchkey',
    message: 'Latchkey is at {issuer}. Open it there.',
    hint: 'If this is the address that it should have, its operator can set LATCHKEY_ISSUER.',
  },
  formExpired: {
    title: 'This page has expired',
    message: 'The form did not come from a current page of ours in this browser. Nothing was changed.',
    hint: 'Open the page again and repeat it there. Cookies must be allowed.',
  },
  nothingDecided: {
    title: 'Nothing was decided',
    message: 'Choose one of the two buttons.',
    hint: 'Go back and choose.',
  },

  signInOver: {
    title: 'This sign-in is over',
    message: 'It was answered before, has expired, or was begun in another browser.',
    hint: 'Go back to the app and sign in again.',
  },
  clientIdMissing: {
    title: 'This sign-in link is not valid',
    message: 'The app did not say which app it is: client_id is missing or was sent more than once.',
    hint: startAgain,
  },
  unknownApp: {
    title: 'Unknown app',
    message: 'There is no app with this client_id. It may have been deleted.',
    hint: startAgain,
  },
  disabledApp: {
    title: 'This app is disabled',
    message: 'This app has been disabled by the account that registered it.',
  },
  redirectUriTaken: {
    title: 'This sign-in link is not valid',
    message: 'The app no longer has the redirect URI that this sign-in began with.',
    hint: startAgain,
  },
  redirectUriUnusable: {
    title: 'This sign-in link is not valid',
    message: 'redirect_uri was sent more than once, or with a NUL character.',
    hint: startAgain,
  },
  redirectUriMissing: {
    title: 'This sign-in link is not valid',
    message: 'redirect_uri is missing, and the app has registered more than one, or none.',
    hint: startAgain,
  },
  redirectUriUnknown: {
    title: 'This sign-in link is not valid',
    message: 'redirect_uri does not match any URI that is registered for this app.',
    hint: startAgain,
  },
  authorizeNoForm: {
    title: 'This sign-in link is not valid',
    message: 'A POST must be of type application/x-www-form-urlencoded.',
    hint: startAgain,
  },
  authorizeTooLong: { title: 'This sign-in link is not valid', message: 'The request is too long.', hint: startAgain },

  logoutNoForm: {
    title: 'This sign-out link is not valid',
    message: 'A POST must be of type application/x-www-form-urlencoded.',
    hint: 'Nobody was signed out.',
  },
  logoutTooLong: {
    title: 'This sign-out link is not valid',
    message: 'The request is too long.',
    hint: 'Nobody was signed out.',
  },
  logoutRefused: {
    title: 'This sign-out link is not valid',
    message: '{reason}',
    hint: 'Nobody was signed out. You can do it yourself at {address}.',
  },

  invitationOver: {
    title: 'This invitation does not work any more',
    message: 'It was accepted or taken back, has expired, or was sent again with another link.',
    hint: 'Look for a newer message, or ask whoever invited you to send it again.',
  },
  invitationTaken: {
    title: 'This address belongs to another account',
    message:
      'Since you were invited, the address has become that of a member of another account, and one address belongs to one account.',
    hint: 'Ask whoever invited you to invite another address of yours.',
  },
} as const satisfies Record<string, PageErrorTexts>;

/** What can go wrong on a page. */
export type PageErrorKind = keyof typeof pageErrorTexts;
