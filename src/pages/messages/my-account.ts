// The English texts of the pages under My account: what they share, and the profile.

export const myAccountTexts = {
  myAccount: 'My account',
  myAccountTitle: '{part} · My account',
  myProfile: 'Profile',
  myProfileHint: 'Your name, your e-mail address and your role',
  myProfileLead: 'What apps are told about you, as far as you allow it.',
  myName: 'Name',
  myNameHint: 'Optional.',
  myNameUnchanged: 'Your name was not changed.',
  myEmailVerified: 'Verified',
  myEmailUnverified: 'Not verified yet',
  roleOwner: 'Owner',
  roleAdmin: 'Admin',
  roleWriter: 'Writer',
  roleReader: 'Reader',
  save: 'Save',
  saved: 'Saved.',
} as const;
