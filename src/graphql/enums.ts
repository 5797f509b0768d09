// The enums that several types share, with what each value means.
import { builder } from './builder.js';

export const RoleEnum = builder.enumType('Role', {
  description: 'What a member or a token may do in the account.',
  values: {
    OWNER: { description: 'Everything, ownership included. Every account has exactly one. No token can have it.' },
    ADMIN: { description: 'Everything but ownership: clients, members, tokens, the audit log.' },
    WRITER: {
      description: 'The same as READER in this API; the two differ only for other APIs that make a difference.',
    },
    READER: {
      description:
        'See oneself and the account, and manage one’s own tokens, sessions and apps. WRITER is the same in this API.',
    },
  } as const,
});

export const OrderDirection = builder.enumType('OrderDirection', {
  description: 'Which way a list is sorted.',
  values: {
    ASC: { description: 'From the least to the greatest: the oldest first, A before Z.' },
    DESC: { description: 'From the greatest to the least: the newest first, Z before A.' },
  } as const,
});

export const PermissionEnum = builder.enumType('Permission', {
  description: 'One thing that a role lets its holder do.',
  values: {
    ACCOUNT_WRITE: { description: 'Change the account.' },
    MEMBER_READ: { description: 'See the members of the account.' },
    MEMBER_WRITE: { description: 'Invite, change, suspend and remove members.' },
    OAUTH_CLIENT_READ: { description: 'See the OAuth clients of the account.' },
    OAUTH_CLIENT_WRITE: { description: 'Register, change and delete OAuth clients.' },
    API_RESOURCE_READ: { description: 'See the API resources of the account.' },
    API_RESOURCE_WRITE: { description: 'Register, change and delete API resources; never with an OAuth token.' },
    API_TOKEN_READ_ALL: { description: 'See and revoke the API tokens of all members, and create service tokens.' },
    API_TOKEN_WRITE: { description: 'Create and revoke one’s own API tokens.' },
    AUDIT_LOG_READ: { description: 'Read the audit log.' },
  } as const,
});
