/**
 * Owns every text that the pages show. A page holds no wording of its own, so that another language is one more table
 * of this type. Leaves to others: scope descriptions and error messages, which arrive as props.
 *
 * `{name}` marks a value that is filled in by `fill` (plain text) or `Phrase` (markup around the value).
 */
import { invitationTexts } from './messages/invitation.js';
import { myAccountTexts } from './messages/my-account.js';
import { passwordTexts } from './messages/passwords.js';

const englishTexts = {
  ...invitationTexts,
  ...myAccountTexts,
  ...passwordTexts,
  lang: 'en',
  productName: 'Latchkey',

  signIn: 'Sign in',
  signInTo: 'Sign in to continue to {client}',
  signInReturn: 'Afterwards you go back to {host}',
  email: 'E-mail',
  password: 'Password',

  consentTitle: 'Allow {client} to use your account?',
  consentHeading: 'Allow {client} to use your account?',
  consentPublishedBy: 'Published by {account}',
  consentScopes: 'If you allow it, this app can:',
  consentNoScopes: 'This app asks for nothing beyond knowing that you signed in.',
  consentAtApi: 'at {api}',
  consentNew: 'New',
  consentNewHint: 'What is marked “New” is more than you allowed this app before.',
  consentRedirect: 'Either way you go back to {host}.',
  consentUnverified: 'This app has not been verified. Allow it only if you know who made it and why it asks.',
  allow: 'Allow',
  deny: 'Deny',
  verified: 'Verified',
  unverified: 'Not verified',
  homepage: 'Website',
  policy: 'Privacy policy',
  terms: 'Terms of service',
  appLinks: 'About this app',

  otherAccountTitle: '{client} is not open to this account',
  otherAccountReason:
    'This app has not been verified yet, so only members of {account}, the account that published it, can sign in.',
  otherAccountNext: 'If you have a sign-in at {account}, use that one instead.',
  otherAccountSwitch: 'Use another account',
  otherAccountBack: 'Back to {client}',

  formPostTitle: 'Going back to {host}',
  formPostHint: 'If nothing happens, continue by the button.',
  formPostContinue: 'Continue',

  signedInAs: 'Signed in as {email}',
  signOut: 'Sign out',
  signOutTitle: 'Sign out?',
  signOutAskedBy: '{client} asks to sign you out of Latchkey.',
  signOutHint: 'This ends your session in this browser. Apps you signed in to may keep sessions of their own.',
  staySignedIn: 'Stay signed in',
  signedOutTitle: 'You are signed out',
  signedOutHint: 'On a shared computer, close the browser as well.',
  signInAgain: 'Sign in again',

  errorReference: 'Reference',
  errorReferenceHint: 'Quote this when you ask for help.',

  homeSignedOutTitle: 'One key to every app',
  homeSignedOutLead:
    'Latchkey signs people in to the apps your account trusts, with OAuth 2.1 and OpenID Connect. Register and run those apps from one GraphQL API.',
  homeExplore: 'Explore the API',
  homeExploreHint: 'GraphiQL, with documentation and examples',
  homeDiscovery: 'Discovery document',
  homeDiscoveryHint: 'What an app needs to connect',
  homeGreeting: 'Hello, {name}',
  homeYou: 'You',
  homeName: 'Name',
  homeRole: 'Role',
  homeAccount: 'Account',
  homeIssuer: 'Issuer',
  homeNext: 'Where to go next',

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
