// `audit`: the last entries of the account's audit log, with who did what to what.
import { parseArgs } from 'node:util';
import { graphql } from '../generated/gql.js';
import type { AuditLogQuery } from '../generated/graphql.js';
import { type Latchkey, present } from '../latchkey.js';
import { moment, printTable } from '../output.js';
import { UsageError } from '../usage.js';

const AuditLog = graphql(`
  query AuditLog($last: Int!) {
    auditLog(first: $last) {
      nodes {
        id
        occurredAt
        action
        actorKind
        actorLabel
        actor {
          __typename
          ... on Member {
            email
          }
          ... on ApiToken {
            owner {
              email
            }
          }
          ... on OAuthClient {
            clientId
          }
        }
        targetLabel
        changes {
          field
          before
          after
        }
      }
    }
  }
`);

type Entry = NonNullable<AuditLogQuery['auditLog']>['nodes'][number];

/** Who it was: by the label of then, and by what there is of them today. */
function actorOf({ actor, actorKind, actorLabel }: Entry): string {
  switch (actor?.__typename) {
    case 'ApiToken':
      return `${actorLabel} (token of ${actor.owner.email})`;
    case 'OAuthClient':
      return `${actorLabel} (${actor.clientId})`;
    case 'Member':
      return actor.email ?? actorLabel;
    case undefined:
      // Nobody of this account, or somebody who is gone.
      return `${actorLabel} (${actorKind})`;
  }
}

function changesOf({ changes }: Entry): string {
  return changes.map(({ field, before, after }) => `${field}: ${before ?? '–'} → ${after ?? '–'}`).join(', ');
}

export async function audit(latchkey: Latchkey, args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { last: { type: 'string', default: '20' } } });
  const last = Number(values.last);
  if (!Number.isInteger(last) || last < 1 || last > 100) throw new UsageError('--last is 1 to 100.');
  const answer = await latchkey.query(AuditLog, { last });
  const { nodes } = present(answer.data?.auditLog, answer, 'There is no audit log.');
  printTable(
    nodes.map((entry) => [
      moment(entry.occurredAt),
      entry.action,
      actorOf(entry),
      entry.targetLabel ?? '',
      changesOf(entry),
    ]),
  );
}
