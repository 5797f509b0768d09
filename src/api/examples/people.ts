// GraphiQL's tabs about who is in the account, and what they did.
import type { Example } from './example.js';

const auditLog: Example = {
  name: 'Audit log',
  query: `# What happened in your account, newest first. For
# the next page set "after" to the endCursor of this
# one.
query AuditLog($after: String) {
  auditLog(first: 20, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { ...Entry }
  }
}

# What happened to one thing, or what one actor did:
# give targetId or actorId. "actions", "after" and
# "before" narrow it further.
query SearchAuditLog($filter: AuditLogFilter) {
  auditLog(first: 20, filter: $filter) {
    nodes { ...Entry }
  }
}

fragment Entry on AuditLogEntry {
  id
  occurredAt
  action
  actorLabel
  viaClient { id name }
  target { id }
  targetLabel
  changes { field before after }
  ipAddress
}
`,
  variables: {
    after: null,
    filter: {
      actions: ['OAUTH_CLIENT_CREATED', 'OAUTH_CLIENT_UPDATED'],
      targetId: 'PASTE_AN_ID',
      after: '2026-01-01T00:00:00Z',
    },
  },
};

const members: Example = {
  name: 'Members',
  query: `# The members of your account, the first one first.
query ListMembers($filter: MemberFilter) {
  members(first: 20, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { id name email role status lastSeenAt }
  }
}

# They get a message with a link, choose a password
# and are members. Without a mail server, on your
# own computer, the link is in Latchkey's log.
mutation InviteMember($input: InviteMemberInput!) {
  inviteMember(input: $input) {
    member { id email role status invitationExpiresAt }
    userErrors { code message path }
  }
}

# Send it again, with another link.
mutation ResendInvitation($memberId: ID!) {
  resendInvitation(input: { memberId: $memberId }) {
    member { id }
    userErrors { code message path }
  }
}
`,
  variables: {
    filter: { status: 'ACTIVE' },
    input: { email: 'PASTE_AN_ADDRESS_TO_INVITE', role: 'READER' },
    memberId: 'PASTE_AN_INVITED_ID',
  },
};

const standing: Example = {
  name: 'Change a member',
  query: `# READER, WRITER or ADMIN. Counts from their next
# request on.
mutation UpdateMemberRole($memberId: ID!, $role: Role!) {
  updateMemberRole(
    input: { memberId: $memberId, role: $role }
  ) {
    member { id role }
    userErrors { code message path }
  }
}

# Ends their sessions and apps' tokens at once.
mutation SuspendMember($memberId: ID!) {
  suspendMember(input: { memberId: $memberId }) {
    member { id status }
    userErrors { code message path }
  }
}

mutation RestoreMember($memberId: ID!) {
  restoreMember(input: { memberId: $memberId }) {
    member { id status }
    userErrors { code message path }
  }
}

# For good. Also takes an invitation back.
mutation RemoveMember($removedMemberId: ID!) {
  removeMember(input: { memberId: $removedMemberId }) {
    removedMemberId
    transferredApiTokenCount
    revokedApiTokenCount
    userErrors { code message path }
  }
}

# The account is theirs, and you are an ADMIN.
mutation TransferOwnership($newOwnerId: ID!) {
  transferOwnership(input: { memberId: $newOwnerId }) {
    member { id role }
    userErrors { code message path }
  }
}
`,
  variables: {
    memberId: 'PASTE_A_MEMBER_ID',
    role: 'PASTE_A_ROLE',
    removedMemberId: 'PASTE_A_MEMBER_ID_TO_REMOVE',
    newOwnerId: 'PASTE_A_MEMBER_ID_TO_MAKE_OWNER',
  },
};

const appsAndSessions: Example = {
  name: 'Apps and sessions',
  query: `# What you allowed which apps, and where you are
# signed in. A member has the same two fields.
query MyAppsAndSessions {
  viewer {
    connectedApps(first: 20) {
      nodes {
        id lastUsedAt
        app { name publisher isVerified }
        allowed { name description audience }
      }
    }
    sessions(first: 20) {
      nodes { id isCurrent browser ipAddress lastActiveAt }
    }
  }
}

# Who allowed one of your clients what.
query ConsentsOfClient($clientId: String!) {
  oauthClient(clientId: $clientId) {
    consents(first: 20) {
      totalCount
      nodes { id subject scopes member { email } }
    }
  }
}

# The app's codes and tokens end at once.
mutation RevokeConsent($consentId: ID!) {
  revokeConsent(input: { id: $consentId }) {
    revokedConsentId
    userErrors { code message path }
  }
}

mutation RevokeSession($sessionId: ID!) {
  revokeSession(input: { id: $sessionId }) {
    revokedSessionId
    userErrors { code message path }
  }
}

# All of a member. Without memberId: all of yours
# but this one.
mutation RevokeOtherSessions($memberId: ID) {
  revokeOtherSessions(input: { memberId: $memberId }) {
    revokedSessionCount
    userErrors { code message path }
  }
}
`,
  variables: {
    clientId: 'PASTE_A_CLIENT_ID',
    consentId: 'PASTE_A_CONSENT_ID',
    sessionId: 'PASTE_A_SESSION_ID',
    memberId: 'PASTE_A_MEMBER_ID',
  },
};

const yourself: Example = {
  name: 'Yourself',
  query: `# A link goes to the new address: nothing changes
# before you use it. Your present address is told.
mutation RequestEmailChange($newEmail: String!) {
  requestEmailChange(input: { newEmail: $newEmail }) {
    pendingEmailChange { email expiresAt }
    userErrors { code message path }
  }
}

mutation CancelEmailChange($newEmail: String!) {
  cancelEmailChange(input: { newEmail: $newEmail }) {
    member { id email }
    userErrors { code message path }
  }
}

# For an address that is not verified.
mutation SendEmailVerification($email: String!) {
  sendEmailVerification(input: { email: $email }) {
    member { id emailVerified }
    userErrors { code message path }
  }
}

# All that is kept about you, as JSON.
mutation ExportMyData {
  exportMyData(input: {}) {
    json
    userErrors { code message path }
  }
}

# For good. The OWNER hands the account on first.
mutation DeleteMyself($deletedEmail: String!) {
  deleteMyself(input: { confirmEmail: $deletedEmail }) {
    deletedMemberId
    transferredApiTokenCount
    revokedApiTokenCount
    userErrors { code message path }
  }
}
`,
  variables: {
    newEmail: 'PASTE_YOUR_NEW_ADDRESS',
    email: 'PASTE_YOUR_ADDRESS',
    deletedEmail: 'PASTE_YOUR_ADDRESS_TO_DELETE_YOURSELF',
  },
};

export const peopleExamples: readonly Example[] = [members, standing, appsAndSessions, yourself, auditLog];
