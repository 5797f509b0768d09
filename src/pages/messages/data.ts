// The English texts of the page on which members export and delete what is kept about them.

export const dataTexts = {
  myData: 'Your data',
  myDataHint: 'Taking all of it with you, or having it deleted',
  myDataLead: 'All that is kept about you: take it with you, or have it deleted.',
  dataExport: 'Export',
  dataExportHint:
    'A JSON file with your profile, sessions, connected apps, API tokens, invitations and what the audit log has by and about you. It holds no password and no token.',
  dataExportButton: 'Download my data',
  dataDelete: 'Delete my account',
  dataDeleteHint:
    'Deleting your account signs you out everywhere, apps included. Your profile, connected apps and API tokens are deleted at once and for good. The audit log keeps what you did, with your e-mail address, as long as this service keeps it.',
  dataDeleteOwner: 'You own {account}. Hand it on to another member first: an account is never without an owner.',
  dataDeleteSignInAgain:
    'To delete your account, sign in again first. We ask whenever your last sign-in is more than ten minutes ago.',
  dataConfirm: 'Your e-mail address',
  dataConfirmHint: 'Type {email} to show that you mean it.',
  dataHeir: 'Who gets your service tokens?',
  dataHeirNobody: 'Nobody: revoke them',
  dataHeirHint: 'Each does at most what its new owner may. Those that could do more than you now are revoked.',
  dataNotDeleted: 'Your account was not deleted.',
  dataDeleteButton: 'Delete for good',
  deletedTitle: 'Your account is deleted',
  deletedLead: 'You are signed out, and nothing of your profile is left.',
  deletedMail: 'A message that says so is on its way to you.',
} as const;
