// All that is kept about a member, as one document of JSON. Of secrets it has neither the text nor the hash, since neither is
// read here; of other people no more than the member knows of them anyhow.
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction } from '../db/client.js';
import type { Deps } from '../deps.js';
import { inputError } from '../lib/errors.js';
import { idOrNobody } from '../lib/ids.js';
import { readMemberClaims } from './claims.js';
import { countWithin } from './counted.js';
import { ownEntries } from './export-audit.js';
import { mostOfEach, named, readLists } from './export-lists.js';

/**
 * Everything about a member.
 * @param auditLogBefore only older entries of the audit log than this one, to go on where another export was cut
 * @throws InputError INVALID for an `auditLogBefore` that is no entry's id
 */
export async function exportMember(
  { db, clock, config }: Pick<Deps, 'db' | 'clock' | 'config'>,
  memberId: string,
  auditLogBefore: string | null = null,
) {
  if (auditLogBefore !== null && idOrNobody('auditLogEntry', auditLogBefore) === '') {
    throw inputError('INVALID', 'This is not the id of an entry of the audit log.', 'auditLogBefore');
  }
  const member = await db.member.findUniqueOrThrow({
    where: { id: memberId },
    select: {
      ...named('id', 'email', 'emailVerifiedAt', 'name', 'claims', 'role', 'passwordHash', 'status', 'invitedById'),
      ...named('createdAt', 'updatedAt', 'lastSeenAt'),
      account: { select: named('id', 'name') },
    },
  });
  const { passwordHash, claims, ...profile } = member;
  const read = await readLists(db, memberId);
  const auditLog = await ownEntries(db, member.account.id, memberId, auditLogBefore);
  const cut = read.filter(([, rows]) => rows.length > mostOfEach).map(([name]) => name);
  return {
    about: `Everything that Latchkey at ${config.issuer} keeps about this member. Lists have the newest first.`,
    exportedAt: clock(),
    /** The lists that have more than is in here. */
    cut: [...cut, ...(auditLog.isCut ? ['auditLog'] : [])],
    /** What `auditLogBefore` has to be to get the entries that are missing; null when none is. */
    auditLogContinuesBefore: auditLog.isCut ? (auditLog.entries.at(-1)?.id ?? null) : null,
    member: {
      ...profile,
      emailVerified: profile.emailVerifiedAt !== null,
      hasPassword: passwordHash !== null,
      claims: readMemberClaims(claims),
    },
    ...Object.fromEntries(read.map(([name, rows]) => [name, rows.slice(0, mostOfEach)])),
    auditLog: auditLog.entries,
  };
}

/**
 * The export as text, which the audit log notes.
 * @throws InputError as `exportMember` does
 */
export async function exportAsText(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'newId'>,
  actor: Actor,
  member: { readonly id: string; readonly email: string; readonly accountId: string },
  auditLogBefore: string | null = null,
): Promise<string> {
  const document = await exportMember(deps, member.id, auditLogBefore);
  const target = { accountId: member.accountId, targetId: member.id, targetLabel: member.email };
  await inTransaction(deps.db, (tx) => recordAudit(tx, deps, actor, { action: 'MEMBER_DATA_EXPORTED', ...target }));
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The same for the member who asks.
 * @throws InputError as `exportMember` does, and LIMIT_EXCEEDED after ten in an hour
 */
export async function exportMyData(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'newId' | 'throttles'>,
  actor: Actor,
  memberId: string,
  auditLogBefore: string | null = null,
): Promise<string> {
  await countWithin(deps.throttles.dataExports, memberId, 'You exported your data ten times within an hour.');
  const member = await deps.db.member.findUniqueOrThrow({ where: { id: memberId } });
  return exportAsText(deps, actor, member, auditLogBefore);
}
