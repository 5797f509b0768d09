// Which members a list shows, and in which order: what can be filtered and sorted by, in words of the database.
import { literally, type MemberWhere } from '../db/client.js';
import type { Role } from '../lib/roles.js';
import { searchWords } from '../lib/search-words.js';

type Maybe<T> = T | null | undefined;

/** What to show; all that is given must hold. */
export interface MemberFilter {
  readonly search?: Maybe<string>;
  readonly role?: Maybe<Role>;
  readonly status?: Maybe<'INVITED' | 'ACTIVE' | 'SUSPENDED'>;
}

/**
 * The rows of an account that a filter lets through.
 * @param seesAddresses whether addresses are searched too: who does not see them must not find them out by searching
 */
export function whereMembers(accountId: string, filter: MemberFilter, seesAddresses: boolean): MemberWhere {
  const { search, role, status } = filter;
  const column = seesAddresses ? 'searchText' : 'nameKey';
  return {
    accountId,
    ...(role == null ? {} : { role }),
    ...(status == null ? {} : { status }),
    AND: searchWords(search ?? '').map((word) => ({ [column]: { contains: literally(word) } })),
  };
}

/** The columns behind the orders; by the id alone is in order of creation. */
export const memberOrders = { CREATED_AT: undefined, NAME: 'nameKey', LAST_SEEN_AT: 'lastSeenSortKey' } as const;
