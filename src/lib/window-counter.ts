// Counting under keys in the memory of this process, in windows of fixed length. Bounded, since whoever can choose the key
// (an IPv6 address, say) could fill the memory otherwise.

/** What is counted under a key in its present window. */
export interface Count {
  readonly points: number;
  /** When the window ends and counting begins anew, in milliseconds since 1970. */
  readonly endsAt: number;
}

export interface WindowCounter {
  /** @returns null when nothing is counted now */
  get(key: string): Count | null;
  /** Counts, and begins a window if there is none. */
  add(key: string, points: number): Count;
  delete(key: string): void;
}

const mostKeysByDefault = 50_000;

/**
 * @param seconds how long a window is
 * @param now the time in milliseconds since 1970
 * @param mostKeys how many are counted at once; beyond, the one whose window ends first is forgotten
 */
export function createWindowCounter(
  seconds: number,
  now: () => number,
  mostKeys: number = mostKeysByDefault,
): WindowCounter {
  // In the order in which windows began, which is that in which they end, since all are of one length.
  const counts = new Map<string, Count>();

  function makeRoom(): void {
    for (const [key, { endsAt }] of counts) {
      if (endsAt > now() && counts.size < mostKeys) return;
      counts.delete(key);
    }
  }

  function get(key: string): Count | null {
    const count = counts.get(key);
    return count && count.endsAt > now() ? count : null;
  }

  return {
    get,
    add(key, points) {
      const present = get(key);
      if (present === null) {
        counts.delete(key);
        makeRoom();
      }
      const count = { points: (present?.points ?? 0) + points, endsAt: present?.endsAt ?? now() + seconds * 1000 };
      counts.set(key, count);
      return count;
    },
    delete: (key) => void counts.delete(key),
  };
}
