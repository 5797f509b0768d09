// The English texts of the page that accepts an invitation.

export const invitationTexts = {
  invitationTitle: 'Join {account}',
  invitationFrom: '{inviter} invites you.',
  invitationFromAccount: 'You are invited.',
  invitationName: 'Your name',
  invitationNameHint: 'As your colleagues know you. Optional.',
  invitationSignedIn: 'You are signed in as {email}. Accepting signs you out here.',
  invitationAccept: 'Accept and sign in',
  joined: 'Welcome. You are a member now, and signed in.',
} as const;
