// When tokens, clients, secrets, consents and members were last used: collected in memory, written within seconds and at stop.
import { type Db, isUnavailable } from '../db/client.js';
import type { Clock, LastUsed, LastUsedKind } from '../deps.js';

const flushAfterMilliseconds = 3_000;

interface Use {
  readonly kind: LastUsedKind;
  readonly id: string;
  readonly at: Date;
}

// While the database is away, so many are kept at most.
const mostPending = 10_000;

/**
 * Builds the collector. No request fails for a use that cannot be written: it is written later when the database could not be
 * used, and given up otherwise.
 */
export function createLastUsed(db: Db, clock: Clock, onError: (error: unknown) => void): LastUsed {
  let pending = new Map<string, Use>();
  let timer: NodeJS.Timeout | undefined;

  const writers: Record<LastUsedKind, (ids: string[], at: Date) => Promise<unknown>> = {
    apiToken: (ids, at) => db.apiToken.updateMany({ where: { id: { in: ids } }, data: { lastUsedAt: at } }),
    oauthClient: (ids, at) =>
      db.oAuthClient.updateMany({
        where: { id: { in: ids } },
        data: { lastUsedAt: at, lastUsedSortKey: at.toISOString() },
      }),
    clientSecret: (ids, at) =>
      db.oAuthClientSecret.updateMany({ where: { id: { in: ids } }, data: { lastUsedAt: at } }),
    consent: (ids, at) => db.consent.updateMany({ where: { id: { in: ids } }, data: { lastUsedAt: at } }),
    member: (ids, at) =>
      db.member.updateMany({
        where: { id: { in: ids } },
        data: { lastSeenAt: at, lastSeenSortKey: at.toISOString() },
      }),
  };

  function keep(uses: readonly Use[]): void {
    for (const use of uses) {
      const key = `${use.kind} ${use.id}`;
      if (!pending.has(key) && pending.size < mostPending) pending.set(key, use);
    }
    timer ??= setTimeout(() => void flush(), flushAfterMilliseconds).unref();
  }

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const uses = [...pending.values()];
    pending = new Map();
    // One statement a kind: within these seconds the latest use stands for all of a kind.
    for (const kind of Object.keys(writers) as LastUsedKind[]) {
      // In the order in which everybody locks several rows of a table, so that nobody waits for us while we wait for them.
      const ofKind = uses.filter((use) => use.kind === kind).sort((one, other) => (one.id < other.id ? -1 : 1));
      if (ofKind.length === 0) continue;
      const latest = new Date(Math.max(...ofKind.map((use) => use.at.getTime())));
      // SQLite takes a limited number of parameters in one statement.
      for (let start = 0; start < ofKind.length; start += 500) {
        const some = ofKind.slice(start, start + 500);
        const ids = some.map((use) => use.id);
        await writers[kind](ids, latest).catch((error: unknown) => {
          onError(error);
          if (isUnavailable(error)) keep(some);
        });
      }
    }
  }

  // One after the other, so that whoever awaits a flush awaits all that went before: at stop the database closes then.
  let writing = Promise.resolve();
  const flush = () => {
    writing = writing.then(write);
    return writing;
  };

  return {
    touch(kind, id) {
      pending.set(`${kind} ${id}`, { kind, id, at: clock() });
      timer ??= setTimeout(() => void flush(), flushAfterMilliseconds).unref();
    },
    flush,
  };
}
