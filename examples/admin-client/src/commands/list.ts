// `list`: all OAuth clients that a filter lets through, page by page, in a chosen order.
import { parseArgs } from 'node:util';
import { graphql } from '../generated/gql.js';
import {
  type OAuthClientFilter,
  type OAuthClientOrder,
  type OAuthClientsQuery,
  OAuthClientType,
} from '../generated/graphql.js';
import { type Latchkey, present } from '../latchkey.js';
import { moment, printTable } from '../output.js';
import { UsageError } from '../usage.js';

const OAuthClients = graphql(`
  query OAuthClients($first: Int!, $after: String, $filter: OAuthClientFilter, $orderBy: OAuthClientOrder) {
    oauthClients(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        clientId
        name
        type
        disabledAt
        verifiedAt
        lastUsedAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

type Node = NonNullable<OAuthClientsQuery['oauthClients']>['nodes'][number];

const orders: Record<string, OAuthClientOrder> = {
  newest: { field: 'CREATED_AT', direction: 'DESC' },
  name: { field: 'NAME', direction: 'ASC' },
  used: { field: 'LAST_USED_AT', direction: 'DESC' },
};

/** One client after the other, however many pages that takes. The next page is asked for when it is needed. */
async function* clients(latchkey: Latchkey, first: number, filter: OAuthClientFilter, orderBy: OAuthClientOrder) {
  for (let after: string | null | undefined = null; ; ) {
    const answer = await latchkey.query(OAuthClients, { first, after, filter, orderBy });
    const page: NonNullable<OAuthClientsQuery['oauthClients']> = present(
      answer.data?.oauthClients,
      answer,
      'There is no list.',
    );
    yield* page.nodes;
    if (!page.pageInfo.hasNextPage) return;
    after = page.pageInfo.endCursor;
  }
}

function stateOf({ disabledAt, verifiedAt }: Node): string {
  if (disabledAt) return `disabled since ${moment(disabledAt)}`;
  return verifiedAt ? 'verified' : 'own account only';
}

export async function list(latchkey: Latchkey, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      search: { type: 'string' },
      type: { type: 'string' },
      disabled: { type: 'boolean' },
      sort: { type: 'string', default: 'newest' },
      'page-size': { type: 'string', default: '100' },
    },
  });
  const type = Object.values(OAuthClientType).find((one) => one === values.type?.toUpperCase());
  if (values.type !== undefined && !type)
    throw new UsageError(`--type is ${Object.values(OAuthClientType).join(', ')}.`);
  const orderBy = orders[values.sort];
  if (!orderBy) throw new UsageError(`--sort is ${Object.keys(orders).join(', ')}.`);
  const pageSize = Number(values['page-size']);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > 100) throw new UsageError('--page-size is 1 to 100.');

  const filter: OAuthClientFilter = { search: values.search, type, disabled: values.disabled };
  const rows: string[][] = [];
  for await (const client of clients(latchkey, pageSize, filter, orderBy)) {
    rows.push([client.clientId, client.type, client.name, stateOf(client), `last used: ${moment(client.lastUsedAt)}`]);
  }
  printTable(rows);
  console.log(rows.length === 1 ? '1 client' : `${rows.length} clients`);
}
