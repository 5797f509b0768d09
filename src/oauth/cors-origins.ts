// Which origins any enabled client lists: asked of every request from another page before its client is known, so it is kept
// in memory. Which origins a known client lists is read from its row.
import type { Deps } from '../deps.js';
import { splitWords } from '../lib/scope.js';
import { parseUrl } from '../lib/url.js';

const rereadAfterMilliseconds = 30_000;
// Invented origins must not turn into a reading of all clients each; a new one must not be missed for long.
const rereadForUnknownAfterMilliseconds = 5_000;

export interface ListedOrigins {
  /** Whether an `Origin` header is one that some enabled client lists. */
  includes(origin: string): Promise<boolean>;
}

/** Whether a text is an origin as a client may list it: neither `null`, nor a list, nor written in another way. */
function isWebOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && parseUrl(text)?.origin === text;
}

/** Builds the list over the database. Nothing is read before the first question. */
export function createListedOrigins(deps: Pick<Deps, 'db' | 'clock'>): ListedOrigins {
  let origins: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const at = deps.clock().getTime();
    const clients = await deps.db.oAuthClient.findMany({
      where: { disabledAt: null, allowedOrigins: { not: '' } },
      select: { allowedOrigins: true },
    });
    origins = new Set(clients.flatMap((client) => splitWords(client.allowedOrigins)));
    readAt = at;
  }

  /** Reads them unless that was done within so many milliseconds; all who wait share one reading. */
  async function notOlderThan(milliseconds: number): Promise<void> {
    if (deps.clock().getTime() - readAt < milliseconds) return;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  }

  return {
    async includes(origin) {
      if (!isWebOrigin(origin)) return false;
      await notOlderThan(rereadAfterMilliseconds);
      if (origins.has(origin)) return true;
      await notOlderThan(rereadForUnknownAfterMilliseconds);
      return origins.has(origin);
    },
  };
}
