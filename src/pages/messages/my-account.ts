// The English texts of the pages under My account.

export const myAccountTexts = {
  myAccount: 'My account',
  myAccountNav: 'Parts of my account',
  myProfile: 'Profile',
  myProfileLead: 'What apps are told about you, as far as you allow it.',
  myName: 'Name',
  myNameHint: 'Leave it empty to give none.',
  myEmailVerified: 'Verified',
  myEmailUnverified: 'Not verified yet',
  save: 'Save',
  saved: 'Saved.',
} as const;
