// The English texts of the page of connected apps.

export const connectedAppsTexts = {
  myApps: 'Connected apps',
  myAppsHint: 'What you allowed apps, and taking it back',
  myAppsLead: 'Apps that you allowed to use your account. Remove those that you do not use any more.',
  myAppsNone: 'No app is connected to your account.',
  myAppsNoneHint: 'When you sign in to an app with Latchkey and allow what it asks for, it is listed here.',
  myAppsBy: 'by {account}',
  myAppsLeadsTo: 'Leads to',
  myAppsMay: 'It can:',
  myAppsMayNothing: 'It knows that you signed in, and nothing else.',
  myAppsAllowed: 'Allowed',
  myAppsUsed: 'Last used',
  myAppsNeverUsed: 'Never',
  myAppsRemove: 'Remove access',
  myAppsRemoveOf: 'Remove access of {client}',
  myAppsRemoved: 'The app has no access any more. If you sign in to it again, it asks you anew.',
} as const;
