// Which clients a list shows, and in which order: what can be filtered and sorted by, in words of the database.
import { literally, type OAuthClientWhere } from '../db/client.js';
import { idAt, idOrNobody } from '../lib/ids.js';
import { searchWords } from '../lib/search-words.js';
import type { ClientType, GrantType } from './metadata.js';

type Maybe<T> = T | null | undefined;

/** What to show; all that is given must hold. */
export interface ClientFilter {
  readonly search?: Maybe<string>;
  readonly type?: Maybe<ClientType>;
  readonly grantType?: Maybe<GrantType>;
  readonly disabled?: Maybe<boolean>;
  readonly verified?: Maybe<boolean>;
  readonly createdById?: Maybe<string>;
  readonly createdAfter?: Maybe<Date>;
  readonly createdBefore?: Maybe<Date>;
}

const isSet = (wanted: Maybe<boolean>) => (wanted == null ? {} : wanted ? { not: null } : null);

/** An id is made with its row, but not in the very same moment. */
const slackMilliseconds = 1000;

// Earlier there was nothing; PostgreSQL has no year 0, and times that are kept as text cannot be compared with later ones.
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const within = (moment: Date) => new Date(Math.min(Math.max(moment.getTime(), 0), latest));

// The ids between which such rows lie lead to their place in the index.
const createdAfterThis = (moment: Date): OAuthClientWhere => ({
  createdAt: { gt: within(moment) },
  id: { gte: idAt('oauthClient', new Date(moment.getTime() - slackMilliseconds)) },
});
const createdBeforeThis = (moment: Date): OAuthClientWhere => ({
  createdAt: { lt: within(moment) },
  id: { lt: idAt('oauthClient', new Date(moment.getTime() + slackMilliseconds)) },
});

/** The rows of an account that a filter lets through. */
export function whereClients(accountId: string, filter: ClientFilter): OAuthClientWhere {
  const { search, type, grantType, disabled, verified, createdById, createdAfter, createdBefore } = filter;
  return {
    accountId,
    ...(type == null ? {} : { type }),
    // No grant type's name is part of another's.
    ...(grantType == null ? {} : { grantTypes: { contains: grantType } }),
    ...(disabled == null ? {} : { disabledAt: isSet(disabled) }),
    ...(verified == null ? {} : { verifiedAt: isSet(verified) }),
    ...(createdById == null ? {} : { createdById: idOrNobody('member', createdById) }),
    AND: [
      ...searchWords(search ?? '').map((word) => ({ searchText: { contains: literally(word) } })),
      ...(createdAfter == null ? [] : [createdAfterThis(createdAfter)]),
      ...(createdBefore == null ? [] : [createdBeforeThis(createdBefore)]),
    ],
  };
}

/** The columns behind the orders; by the id alone is in order of creation. */
export const clientOrders = { CREATED_AT: undefined, NAME: 'nameKey', LAST_USED_AT: 'lastUsedSortKey' } as const;
