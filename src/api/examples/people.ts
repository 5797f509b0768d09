// GraphiQL's tabs about who is in the account, and what they did.
import type { Example } from './example.js';

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
`,
  variables: { filter: { status: 'ACTIVE' } },
};

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

export const peopleExamples: readonly Example[] = [members, auditLog];
