// Which entries of an account's audit log a filter lets through, and pages of them: quick at a million entries, since no
// statement asks for more than an index has in order. How they are shown is schema.ts's part.
import type { AuditLogEntryWhere, Db } from '../db/client.js';
import { inputError } from '../lib/errors.js';
import { idAt, kindOfId } from '../lib/ids.js';
import type { AuditAction } from './actions.js';

type Maybe<T> = T | null | undefined;

/** Which entries; all that is given must hold. */
export interface AuditFilter {
  /** Any of these; all when there are none. */
  readonly actions?: Maybe<readonly AuditAction[]>;
  readonly actorId?: Maybe<string>;
  readonly targetId?: Maybe<string>;
  /** At this moment or later. Neighbouring periods, each until the next one's beginning, miss no entry and repeat none. */
  readonly after?: Maybe<Date>;
  /** Earlier than this moment. */
  readonly before?: Maybe<Date>;
}

/** Each action of a filter costs a statement. */
const mostActions = 20;

/** An entry's id is made with it, but not in the very same moment. */
const slackMilliseconds = 1000;

/** A text as a condition: what is no id of ours is in no row, and PostgreSQL would not even be asked for a NUL. */
const idOrNone = (id: string) => (kindOfId(id) === null ? '' : id);

/**
 * The conditions of a filter other than time; an entry that meets one of them is let through, and none meets two. Asked for
 * several actions at once in the order of ids, SQLite reads the whole log where they are rare, so each is asked for by itself,
 * which its index answers. One actor's entries, or one target's, are few beside all: there, all actions are asked for at once.
 * @throws InputError TOO_MANY
 */
function whereEntries(accountId: string, filter: AuditFilter): AuditLogEntryWhere[] {
  const { actorId, targetId } = filter;
  const actions = [...new Set(filter.actions ?? [])];
  if (actions.length > mostActions) {
    const message = `filter.actions can have at most ${mostActions} actions. Leave it out for all of them.`;
    throw inputError('TOO_MANY', message, 'filter', 'actions');
  }
  const where = {
    accountId,
    ...(actorId == null ? {} : { actorId: idOrNone(actorId) }),
    ...(targetId == null ? {} : { targetId: idOrNone(targetId) }),
  };
  if (actions.length === 0) return [where];
  const isNarrow = actorId != null || targetId != null;
  return isNarrow ? [{ ...where, action: { in: actions } }] : actions.map((action) => ({ ...where, action }));
}

/** Ids between which all entries of a filter's time lie; null where it has no bound. */
export function idsOfTime({ after, before }: AuditFilter): {
  readonly from: string | null;
  readonly to: string | null;
} {
  const at = (moment: Date, shift: number) => idAt('auditLogEntry', new Date(moment.getTime() + shift));
  return {
    from: after == null ? null : at(after, -slackMilliseconds),
    to: before == null ? null : at(before, slackMilliseconds),
  };
}

function isInTime({ occurredAt }: { readonly occurredAt: Date }, { after, before }: AuditFilter): boolean {
  return (after == null || occurredAt >= after) && (before == null || occurredAt < before);
}

/** Where a page lies in the order of ids. */
export interface EntryPage {
  readonly direction: 'asc' | 'desc';
  /** The id to go on from, which is not of the page itself. */
  readonly beyond: string | null;
  readonly take: number;
}

/** The greater id for an ascending page, the lesser for a descending one: where reading has to begin. */
function nearer(direction: 'asc' | 'desc', one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one > other === (direction === 'asc') ? one : other;
}

async function findOneAction(db: Db, where: AuditLogEntryWhere, filter: AuditFilter, page: EntryPage) {
  const { direction, take } = page;
  const isAscending = direction === 'asc';
  const { from, to } = idsOfTime(filter);
  const far = isAscending ? to : from;
  let near = nearer(direction, page.beyond, isAscending ? from : to);
  const found = [];
  for (;;) {
    // Never two bounds: between two, SQLite would rather walk through the account's whole log than use the other conditions'
    // index. So the far one is looked at here, unless it is the only one.
    const bound = near ?? far;
    const isBelow = (near === null) === isAscending;
    const rows = await db.auditLogEntry.findMany({
      where: bound === null ? where : { ...where, id: isBelow ? { lt: bound } : { gt: bound } },
      orderBy: { id: direction },
      take,
    });
    found.push(...rows.filter((row) => isInTime(row, filter)));
    const last = rows.at(-1);
    if (!last || rows.length < take || found.length >= take) return found;
    if (far !== null && last.id > far === isAscending) return found;
    // Some of these were just before or after the time that is asked for.
    near = last.id;
  }
}

/**
 * A page of the entries that a filter lets through, in the order of their ids.
 * @throws InputError TOO_MANY for more than 20 actions
 */
export async function findEntries(db: Db, accountId: string, filter: AuditFilter, page: EntryPage) {
  const found = await Promise.all(
    whereEntries(accountId, filter).map((where) => findOneAction(db, where, filter, page)),
  );
  const sign = page.direction === 'asc' ? 1 : -1;
  return found
    .flat()
    .sort((one, other) => (one.id < other.id ? -sign : sign))
    .slice(0, page.take);
}
