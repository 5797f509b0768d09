// Owns how pages call a role. Leaves to others: what each may do.
import type { Messages } from './messages.js';

const keys: Readonly<Record<string, keyof Messages>> = {
  OWNER: 'roleOwner',
  ADMIN: 'roleAdmin',
  WRITER: 'roleWriter',
  READER: 'roleReader',
};

/** The role as people call it; one that has no such name as it is. */
export function roleInWords(role: string, messages: Messages): string {
  const key = keys[role];
  return key === undefined ? role : messages[key];
}
