// The English texts of the pages on which a member decides about an app.

export const consentTexts = {
  consentTitle: 'Allow {client} to use your account?',
  consentHeading: 'Allow {client} to use your account?',
  consentPublishedBy: 'Published by {account}',
  consentScopes: 'If you allow it, this app can:',
  consentNoScopes: 'This app asks for nothing beyond knowing that you signed in.',
  consentAtApi: 'at {api}',
  consentNew: 'New since {day}',
  consentOlder: 'Allowed before',
  consentAnother: 'Not you? Use another account',
  consentAgainHint: 'You allowed all of this before, last on {day}. The app asks you again.',
  consentChanged:
    'Something about this app, or what it asks, was changed since you saw this page. Read it again before you decide.',
  consentRedirect: 'Either way you go back to {host}.',
  consentUnverified: 'Not verified: allow this app only if you know who made it and why it asks.',
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
} as const;
