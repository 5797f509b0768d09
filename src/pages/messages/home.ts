// The English texts of the front page.

export const homeTexts = {
  homeSignedOutTitle: 'One key to every app',
  homeSignedOutLead:
    'Latchkey signs people in to the apps your account trusts, with OAuth 2.1 and OpenID Connect. Register and run those apps from one GraphQL API.',
  homeDevelopers: 'For developers',
  homeExplore: 'Explore the API',
  homeExploreHint: 'GraphiQL, with documentation and examples',
  homeDiscovery: 'Discovery document',
  homeDiscoveryHint: 'What an app needs to connect',
  homeGreeting: 'Hello, {name}',
  homeStanding: 'Your role at {account} is {role}.',
  homeRole: 'Role',
  homeAccount: 'Account',
  homeIssuer: 'Issuer',
} as const;
