// When tokens, clients, secrets, consents and members were last used: collected in memory, written within seconds and at stop.
import type { Db } from '../db/client.js';
import type { Clock, LastUsed, LastUsedKind } from '../deps.js';

const flushAfterMilliseconds = 3_000;

/** Builds the collector. A use that cannot be written is logged and given up: no request fails for it. */
export function createLastUsed(db: Db, clock: Clock, onError: (error: unknown) => void): LastUsed {
  let pending = new Map<string, { kind: LastUsedKind; id: string; at: Date }>();
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

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const uses = [...pending.values()];
    pending = new Map();
    // One statement a kind: within these seconds the latest use stands for all of a kind.
    for (const kind of Object.keys(writers) as LastUsedKind[]) {
      const ofKind = uses.filter((use) => use.kind === kind);
      if (ofKind.length === 0) continue;
      const latest = new Date(Math.max(...ofKind.map((use) => use.at.getTime())));
      const ids = ofKind.map((use) => use.id);
      // SQLite takes a limited number of parameters in one statement.
      for (let start = 0; start < ids.length; start += 500) {
        await writers[kind](ids.slice(start, start + 500), latest).catch(onError);
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
