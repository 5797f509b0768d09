/**
 * Owns every text that the pages show. A page holds no wording of its own, so that another language is one more table
 * of this type. Leaves to others: scope descriptions and what services find wrong with an input, which arrive as props.
 *
 * `{name}` marks a value that is filled in by `fill` (plain text) or `Phrase` (markup around the value).
 */
import { chooseAccountTexts } from './messages/choose-account.js';
import { connectedAppsTexts } from './messages/connected-apps.js';
import { consentTexts } from './messages/consent.js';
import { dataTexts } from './messages/data.js';
import { emailTexts } from './messages/email.js';
import { homeTexts } from './messages/home.js';
import { invitationTexts } from './messages/invitation.js';
import { logoutTexts } from './messages/logout.js';
import { myAccountTexts } from './messages/my-account.js';
import { passwordTexts } from './messages/passwords.js';
import { sessionsTexts } from './messages/sessions.js';
import { tokenTexts } from './messages/tokens.js';

const englishTexts = {
  ...chooseAccountTexts,
  ...consentTexts,
  ...homeTexts,
  ...connectedAppsTexts,
  ...dataTexts,
  ...emailTexts,
  ...invitationTexts,
  ...logoutTexts,
  ...myAccountTexts,
  ...passwordTexts,
  ...tokenTexts,
  ...sessionsTexts,
  lang: 'en',
  productName: 'Latchkey',
  titleOfFailure: 'Error: {title}',
  skipToContent: 'Skip to the content',

  signIn: 'Sign in',
  signInTo: 'Sign in to continue to {client}',
  signInReturn: 'Afterwards you go back to {host}',
  signInConfirm: 'Sign in once more to confirm that it is you.',
  signInRefused: 'The e-mail address or the password is not right.',
  signInAsAnother: 'You are signed in as {email}, but the app asks for another person. Sign in as them.',
  email: 'E-mail',
  password: 'Password',
  signedInAs: 'Signed in as {email}',

  formPostTitle: 'Going back to {host}',
  formPostHint: 'If nothing happens, continue by the button.',
  formPostContinue: 'Continue',

  errorReference: 'Reference',
  errorReferenceHint: 'Quote it when you ask for help.',
  toFrontPage: 'Go to the front page',
  openAgain: 'Open the page again',

  graphiqlTitle: 'GraphiQL',
  graphiqlSignedInAs: 'Signed in as {email} ({role})',
  graphiqlNotSignedIn: 'Not signed in',
  graphiqlTokenHint: 'An API token works too; in the Headers tab:',
  graphiqlTokenHeader: '{"Authorization": "Bearer lkt_…"}',
  graphiqlLoading: 'Loading GraphiQL…',
  graphiqlLoadFailed: 'GraphiQL could not be loaded. Reload the page; if that does not help, clear its cache.',
  graphiqlNeedsScript: 'GraphiQL needs JavaScript. The API does not: send operations with POST to this address.',
} as const;

/** One language's texts: the same keys, any wording, the same `{placeholders}`. */
export type Messages = Readonly<Record<keyof typeof englishTexts, string>>;

/** What every page accepts besides its own props; English when left out. */
export interface Localized {
  messages?: Messages;
}

/** The English texts, used when a page is given no others. */
export const english: Messages = englishTexts;

const placeholder = /\{([a-z]+)\}/;

/** Splits a text at its placeholders: even positions are words, odd ones are placeholder names. */
export function splitAtPlaceholders(text: string): string[] {
  return text.split(placeholder);
}

/** Puts values into a text, giving plain text (for `<title>` and buttons); an unknown placeholder is left as it is. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return splitAtPlaceholders(text)
    .map((part, index) => (index % 2 === 0 ? part : (values[part] ?? `{${part}}`)))
    .join('');
}
