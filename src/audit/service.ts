// The audit log: who did what to what, written in the transaction of what it records. Never a secret, and no reading here.
import { createHash } from 'node:crypto';
import { type Db, inTransaction, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { AuditAction } from './actions.js';

/** Who acts, through which client, from where. Every service that changes something is given one. */
export interface Actor {
  readonly kind: 'MEMBER' | 'API_TOKEN' | 'OAUTH_CLIENT' | 'OPERATOR' | 'SYSTEM';
  /** The acting row's id; null for the operator and the system. */
  readonly id: string | null;
  /** What a reader of the log recognises: an e-mail address, a token's name. */
  readonly label: string;
  /** The account that it acts in; null only for the operator and the system. */
  readonly accountId: string | null;
  /** The member whose rights are used; null for the operator and the system. */
  readonly memberId: string | null;
  /** The OAuth client in whose token the member acts. */
  readonly viaClientId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /**
   * Sees that the actor may still act, and lets nobody take that away before the end of the transaction. Absent where nothing can.
   * @throws what the transport answers such an actor with
   */
  readonly hold?: (tx: Tx) => Promise<void>;
}

/** Who acts in an account. */
export interface AccountActor extends Actor {
  readonly accountId: string;
}

/**
 * Runs a transaction that stores something of its actor's, who may have ended by then: meanwhile, or in a wait for a hash or for
 * somebody's server.
 * @param work has no effects outside the database: it is done again after a deadlock
 * @param first locks what everybody locks before members, as the account is
 * @throws what `hold` throws, before anything is stored
 */
export function transactionOf<T>(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  work: (tx: Tx) => Promise<T>,
  first?: (tx: Tx) => Promise<unknown>,
): Promise<T> {
  const held = async (tx: Tx) => {
    await first?.(tx);
    await actor.hold?.(tx);
    return work(tx);
  };
  return inTransaction(deps.db, held);
}

/** The operator at the command line. */
export const operatorActor: Actor = {
  kind: 'OPERATOR',
  id: null,
  label: 'operator',
  accountId: null,
  memberId: null,
  viaClientId: null,
  ipAddress: null,
  userAgent: null,
};

/** The service itself, at first start and in what it does now and then. */
export const systemActor: Actor = { ...operatorActor, kind: 'SYSTEM', label: 'system' };

export interface AuditChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface AuditRecord {
  readonly action: AuditAction;
  /** Defaults to the actor's account. */
  readonly accountId?: string;
  readonly targetId?: string;
  readonly targetLabel?: string;
  readonly changes?: readonly AuditChange[];
}

function row(deps: Pick<Deps, 'clock' | 'newId'>, actor: Actor, record: AuditRecord) {
  return {
    id: deps.newId('auditLogEntry'),
    accountId: record.accountId ?? actor.accountId,
    actorKind: actor.kind,
    actorId: actor.id,
    actorLabel: actor.label,
    viaClientId: actor.viaClientId,
    action: record.action,
    targetId: record.targetId ?? null,
    targetLabel: record.targetLabel ?? null,
    changes: JSON.stringify(record.changes ?? []),
    ipAddress: actor.ipAddress,
    userAgent: actor.userAgent?.slice(0, 500) ?? null,
    occurredAt: deps.clock(),
  };
}

/** Writes one entry, inside the transaction that makes the change. */
export async function recordAudit(
  tx: Tx,
  deps: Pick<Deps, 'clock' | 'newId'>,
  actor: Actor,
  record: AuditRecord,
): Promise<void> {
  await tx.auditLogEntry.create({ data: row(deps, actor, record) });
}

/**
 * Writes that something was refused to a known member or client, or by one: one row a minute, kind and address, which counts.
 * Unknown names are never recorded, so that nobody fills the log with inventions.
 * @returns the row's id
 */
export async function recordRefusal(
  deps: Pick<Deps, 'clock' | 'newId'> & { readonly db: Db | Tx },
  actor: Actor,
  record: AuditRecord & { readonly targetId: string },
): Promise<string> {
  const minute = Math.floor(deps.clock().getTime() / 60_000);
  const repeatKey = createHash('sha256')
    .update(JSON.stringify([record.action, record.targetId, actor.ipAddress, minute]))
    .digest('base64url');
  const { id } = await deps.db.auditLogEntry.upsert({
    where: { repeatKey },
    create: { ...row(deps, actor, record), repeatKey },
    update: { count: { increment: 1 } },
    select: { id: true },
  });
  return id;
}

/** What differs between two states of a row, field by field, as the log shows it. */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): AuditChange[] {
  const text = (value: unknown) => (value === null || value === undefined ? null : String(value));
  return Object.keys(after)
    .map((field) => ({ field, before: text(before[field]), after: text(after[field]) }))
    .filter((change) => change.before !== change.after);
}
