// Who sees what: one entry for every field of every type that an answer can hold. Which callers a word stands for is said
// below; visibility.test.ts walks the schema as each of them.

/**
 * anybody: also who is not recognised. members: whoever acts for a member of the account. their own: members of what is
 * themselves or belongs to them, OWNER and ADMIN of everything; in person: but by no OAuth token. admins: OWNER and ADMIN, as far as their token lets them.
 * The rest tell of the credential itself. whoever did it: the caller of the mutation.
 * browsers: a member in a browser, of themselves alone.
 */
export type Level =
  | 'anybody'
  | 'members'
  | 'their own'
  | 'their own, in person'
  | 'members in person'
  | 'admins'
  | 'browsers'
  | 'holders of an API token'
  | 'holders of an OAuth token'
  | 'admins through a client of their account'
  | 'whoever did it';

function levels<Name extends string>(level: Level, ...fields: Name[]): Record<Name, Level> {
  return Object.fromEntries(fields.map((field) => [field, level])) as Record<Name, Level>;
}

const connection = (level: Level) => levels(level, 'edges', 'nodes', 'pageInfo', 'totalCount');
const edge = (level: Level) => levels(level, 'cursor', 'node');
const payload = (...fields: string[]) => levels('whoever did it', 'userErrors', ...fields);

export const visibility: Readonly<Record<string, Readonly<Record<string, Level>>>> = {
  Account: levels('members', 'id', 'name', 'createdAt', 'owner', 'allowedRedirectSchemes'),
  Member: {
    ...levels('members', 'id', 'name', 'role', 'status', 'emailVerified', 'createdAt', 'viewerCanEdit'),
    ...levels('their own', 'email', 'lastSeenAt', 'connectedApps'),
    ...levels('their own, in person', 'sessions'),
    ...levels('admins', 'invitedBy', 'invitationExpiresAt'),
  },
  ApiToken: {
    ...levels('their own', 'id', 'name', 'hint', 'role', 'isService', 'owner', 'createdAt', 'expiresAt', 'lastUsedAt'),
    ...levels('their own', 'isCurrent', 'viewerCanEdit'),
  },
  OAuthClient: {
    ...levels('admins', 'id', 'clientId', 'account', 'name', 'description', 'type', 'scopes', 'grantTypes', 'version'),
    ...levels('admins', 'redirectUris', 'postLogoutRedirectUris', 'allowedOrigins', 'backchannelLogoutUri'),
    ...levels('admins', 'logoUrl', 'logoImageUrl', 'homepageUrl', 'policyUrl', 'termsUrl', 'jwks', 'jwksUri'),
    ...levels('admins', 'tokenEndpointAuthMethod', 'requirePkce', 'consentMode', 'idTokenSigningAlgorithm'),
    ...levels('admins', 'accessTokenSigningAlgorithm', 'userinfoSigningAlgorithm', 'responseModes'),
    ...levels('admins', 'lifetimes', 'secrets', 'createdBy', 'viewerCanEdit', 'consents'),
    ...levels('admins', 'createdAt', 'updatedAt', 'lastUsedAt', 'disabledAt', 'verifiedAt'),
  },
  Consent: {
    ...levels('their own', 'id', 'app', 'subject', 'scopes', 'allowed', 'consentedAt', 'lastUsedAt', 'viewerCanEdit'),
    ...levels('their own', 'member'),
    ...levels('admins', 'oauthClient'),
  },
  ConnectedApp: {
    ...levels('their own', 'name', 'publisher', 'isVerified', 'hosts'),
    ...levels('their own', 'logoImageUrl', 'homepageUrl', 'policyUrl', 'termsUrl'),
  },
  Session: {
    ...levels('their own, in person', 'id', 'isCurrent', 'ipAddress', 'userAgent', 'browser'),
    ...levels('their own, in person', 'signedInAt', 'lastActiveAt', 'expiresAt', 'methods'),
  },
  ApiResource: levels(
    'admins',
    'id',
    'audience',
    'name',
    'scopes',
    'accessTokenSeconds',
    'signingAlgorithm',
    'introspectionClients',
    'createdAt',
    'updatedAt',
  ),
  OAuthClientSecret: levels('admins', 'id', 'hint', 'createdAt', 'createdBy', 'expiresAt', 'lastUsedAt'),
  TokenLifetimes: levels(
    'admins',
    'accessTokenSeconds',
    'refreshTokenSeconds',
    'refreshTokenIdleSeconds',
    'idTokenSeconds',
  ),
  AuditLogEntry: {
    ...levels('admins', 'id', 'action', 'actorKind', 'actorLabel', 'actor', 'viaClient', 'target', 'targetLabel'),
    ...levels('admins', 'changes', 'ipAddress', 'userAgent', 'occurredAt', 'count'),
  },
  AuditChange: levels('admins', 'field', 'before', 'after'),
  Viewer: {
    ...levels('members', 'member', 'role', 'permissions', 'connectedApps'),
    ...levels('members in person', 'sessions'),
    ...levels('browsers', 'pendingEmailChange'),
    ...levels('holders of an API token', 'apiToken'),
    ...levels('holders of an OAuth token', 'scopes'),
    ...levels('admins through a client of their account', 'oauthClient'),
  },
  PendingEmailChange: levels('browsers', 'email', 'requestedAt', 'expiresAt'),
  Scope: levels('members', 'name', 'description', 'audience'),
  RateLimit: levels('anybody', 'cost', 'limit', 'remaining', 'resetAt'),

  MemberConnection: connection('members'),
  MemberEdge: edge('members'),
  ApiTokenConnection: connection('their own'),
  ApiTokenEdge: edge('their own'),
  ApiResourceConnection: connection('admins'),
  ApiResourceEdge: edge('admins'),
  OAuthClientConnection: connection('admins'),
  OAuthClientEdge: edge('admins'),
  AuditLogEntryConnection: levels('admins', 'edges', 'nodes', 'pageInfo'),
  AuditLogEntryEdge: edge('admins'),
  // As the lists of everybody's own that they are.
  ConsentConnection: connection('members'),
  ConsentEdge: edge('members'),
  SessionConnection: connection('members in person'),
  SessionEdge: edge('members in person'),
  PageInfo: levels('members', 'hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'),

  CreateOAuthClientPayload: payload('oauthClient', 'clientSecret', 'replayed'),
  UpdateOAuthClientPayload: payload('oauthClient', 'verificationCleared'),
  DisableOAuthClientPayload: payload('oauthClient'),
  EnableOAuthClientPayload: payload('oauthClient'),
  RevokeOAuthClientTokensPayload: payload('oauthClient', 'revokedConsentCount'),
  DeleteOAuthClientPayload: payload(
    'deletedOAuthClientId',
    'revokedSecretCount',
    'revokedConsentCount',
    'endedSignInCount',
  ),
  RotateOAuthClientSecretPayload: payload('oauthClient', 'secret', 'clientSecret', 'replayed'),
  RevokeOAuthClientSecretPayload: payload('oauthClient', 'revokedSecretId'),
  UpdateAccountPayload: payload('account', 'unverifiedClientCount'),
  CreateApiResourcePayload: payload('apiResource', 'replayed'),
  UpdateApiResourcePayload: payload('apiResource'),
  DeleteApiResourcePayload: payload('deletedApiResourceId'),
  InviteMemberPayload: payload('member', 'replayed'),
  ResendInvitationPayload: payload('member'),
  UpdateMemberRolePayload: payload('member'),
  SuspendMemberPayload: payload('member'),
  RestoreMemberPayload: payload('member'),
  RemoveMemberPayload: payload('removedMemberId', 'transferredApiTokenCount', 'revokedApiTokenCount'),
  TransferOwnershipPayload: payload('member'),
  RevokeConsentPayload: payload('revokedConsentId'),
  RevokeSessionPayload: payload('revokedSessionId'),
  RevokeOtherSessionsPayload: payload('revokedSessionCount'),
  SendEmailVerificationPayload: payload('member'),
  RequestEmailChangePayload: payload('pendingEmailChange'),
  CancelEmailChangePayload: payload('member'),
  ExportMyDataPayload: payload('json'),
  DeleteMyselfPayload: payload('deletedMemberId', 'transferredApiTokenCount', 'revokedApiTokenCount'),
  CreateApiTokenPayload: payload('apiToken', 'token', 'replayed'),
  RotateApiTokenPayload: payload('apiToken', 'token', 'replayed'),
  RevokeApiTokenPayload: payload('revokedApiTokenId'),
  UserError: levels('whoever did it', 'code', 'message', 'path'),
};
