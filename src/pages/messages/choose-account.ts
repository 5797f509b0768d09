// The English texts of the page on which a person chooses an account.

export const chooseAccountTexts = {
  chooseTitle: 'Choose an account for {client}',
  chooseHeading: 'Choose an account',
  chooseLead: 'To continue to {client} at {host}',
  chooseContinue: 'Continue as {name}',
} as const;
