// Entries for tests of the audit log, written as services write them, and a reader of them.
import type { AuditAction } from '../../src/audit/actions.js';
import { type Actor, type AuditRecord, recordAudit } from '../../src/audit/service.js';
import { actorOfMember } from '../../src/members/service.js';
import type { TestApp } from '../support/app.js';
import type { Ask } from '../support/graphql.js';

/** A member as the actor. */
export function memberActor(member: { id: string; email: string; accountId: string }): Actor {
  return actorOfMember(member, { ipAddress: '192.0.2.1', userAgent: 'a browser' });
}

/** Writes an entry and lets a minute pass. @returns its id */
export async function write(
  app: TestApp,
  action: AuditAction,
  record: Omit<AuditRecord, 'action'> = {},
  actor: Actor = memberActor(app.owner),
): Promise<string> {
  await app.db.$transaction((tx) => recordAudit(tx, app.deps, actor, { action, ...record }));
  const { id } = await app.db.auditLogEntry.findFirstOrThrow({ orderBy: { id: 'desc' } });
  app.clock.advance(60);
  return id;
}

const list = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: AuditLogFilter) {
  auditLog(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

/** The ids of a page and where it lies. */
export async function readPage(ask: Ask, variables: Record<string, unknown> = {}) {
  const { data, errors } = await ask(list, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  const { nodes, edges, pageInfo } = data.auditLog;
  const ids = nodes.map((node: { id: string }) => node.id) as string[];
  if (edges.map((edge: { node: { id: string } }) => edge.node.id).join() !== ids.join())
    throw new Error('edges ≠ nodes');
  return { ids, cursors: edges.map((edge: { cursor: string }) => edge.cursor) as string[], ...pageInfo };
}
