// The sides of a benchmark by name: as they are chosen and kept in measurements, and as reports call them.

const titles = {
  latchkey: 'Latchkey on PostgreSQL',
  'latchkey-sqlite': 'Latchkey on SQLite',
  'latchkey-before': 'Latchkey before, on PostgreSQL',
  'latchkey-sqlite-before': 'Latchkey before, on SQLite',
  'oidc-provider': 'oidc-provider on PostgreSQL',
};

/** The side on which so many processes of Latchkey serve. @param {number} workers */
export function workersSide(workers) {
  return `latchkey-workers-${workers}`;
}

/** What a side is called in a report. @param {string} side */
export function titleOf(side) {
  const workers = /^latchkey-workers-(\d+)$/.exec(side)?.[1];
  return workers === undefined ? titles[side] : `Latchkey, ${workers} ${workers === '1' ? 'worker' : 'workers'}`;
}
