// The one list of what the audit log can say happened, with what each means.

export const auditActions = {
  ACCOUNT_CREATED: 'An account was created, with its owner.',
  ACCOUNT_REDIRECTS_ALLOWED: 'An operator allowed redirect schemes beside https.',
  API_TOKEN_CREATED: 'An API token was created.',
  API_TOKEN_REVOKED: 'An API token was revoked.',
  API_TOKEN_ROTATED: 'An API token was replaced by a new one.',
  CLIENT_AUTHENTICATION_REFUSED: 'A client presented a wrong secret or assertion.',
  CONSENT_DENIED: 'A member did not allow a client what it asked for.',
  CONSENT_GIVEN: 'A member allowed a client what it asked for.',
  MEMBER_CREATED: 'A member was created.',
  MEMBER_PASSWORD_SET: 'A member’s password was set.',
  OAUTH_CLIENT_CREATED: 'A client was registered.',
  OAUTH_CLIENT_DELETED: 'A client was deleted with its secrets, consents and tokens.',
  OAUTH_CLIENT_DISABLED: 'A client was disabled.',
  OAUTH_CLIENT_ENABLED: 'A client was enabled again.',
  OAUTH_CLIENT_SECRET_EXPIRING: 'A client’s last secret expires within 30 days.',
  OAUTH_CLIENT_SECRET_REVOKED: 'A client secret was revoked.',
  OAUTH_CLIENT_SECRET_ROTATED: 'A client got a new secret.',
  OAUTH_CLIENT_TOKENS_REVOKED: 'All consents and tokens of a client were revoked.',
  OAUTH_CLIENT_UNVERIFIED: 'A client lost its verification.',
  OAUTH_CLIENT_UPDATED: 'A client was changed.',
  OAUTH_CLIENT_VERIFIED: 'An operator verified a client.',
  REQUEST_REFUSED: 'A member, token or client asked the GraphQL API for something that it may not do.',
  SIGNED_IN: 'A member signed in.',
  SIGNED_OUT: 'A member signed out.',
  SIGNING_KEY_ROTATED: 'New signing keys were made.',
  SIGN_IN_REFUSED: 'Somebody gave a wrong password for a member.',
  TOKENS_REVOKED: 'A client gave back a token.',
  TOKENS_REVOKED_AFTER_REPLAY: 'A code or refresh token was used twice, and the tokens of its sign-in were revoked.',
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof auditActions;
