// What the mutations of members share: who manages, what a payload about one member looks like, and what all of them need.
import { builder } from '../graphql/builder.js';
import type { Caller } from '../graphql/context-type.js';
import { userErrorsField } from '../graphql/user-error.js';
import type { InputIssue } from '../lib/errors.js';
import type { MemberManager } from './managed.js';
import { MemberNode } from './schema.js';

/** The caller as the services of members know them. */
export function memberManagerOf({ actor, memberId, role }: Caller): MemberManager {
  return { actor, memberId, role };
}

/** What changing members needs, and how a description says so. */
export const memberScopes = { $all: { permission: 'MEMBER_WRITE', credentialManager: true } } as const;
export const memberNeeds =
  'Needs OWNER or ADMIN, by a browser session or an API token of role ADMIN, never an OAuth token.';

export interface MemberPayload {
  readonly member?: typeof MemberNode.$inferType | null;
  readonly replayed?: boolean;
  readonly userErrors: readonly InputIssue[];
}

/** The payload of a mutation that changes one member. */
export function memberPayload(name: string, description: string) {
  return builder.objectRef<MemberPayload>(name).implement({
    description,
    fields: (t) => ({
      member: t.field({
        type: MemberNode,
        nullable: true,
        description: 'The member as they are now; null when there are userErrors.',
        resolve: (payload) => payload.member ?? null,
      }),
      userErrors: t.field(userErrorsField),
    }),
  });
}
