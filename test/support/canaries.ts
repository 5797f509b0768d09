// Searches all that a test left behind for what must not be there in clear: the log, every column of every table, and on SQLite
// the database's very bytes.
import { existsSync, readFileSync } from 'node:fs';
import { sqlitePath } from '../../src/db/url.js';
import type { TestApp } from './app.js';
import type { TestDatabase } from './database.js';
import { dumpAll } from './dump.js';

/** How a secret might be hidden: as it is, without its prefix and checksum, as base64, as hexadecimal, percent-encoded. */
function spellings(secret: string): string[] {
  const core = /^lk[a-z]_/.test(secret) ? secret.slice(-49, -6) : secret;
  const bytes = Buffer.from(secret);
  return [
    secret,
    core,
    bytes.toString('base64').replace(/=+$/, '').slice(0, -1),
    bytes.toString('base64url').slice(0, -1),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Everything there is to search, by the name of the place. */
export async function placesOf(app: TestApp, database: TestDatabase): Promise<Record<string, string>> {
  const places: Record<string, string> = {
    log: app.logLines.join(''),
    tables: JSON.stringify(await dumpAll(app)),
  };
  if (database.provider === 'sqlite') {
    const path = sqlitePath(database.url);
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      if (existsSync(path + suffix)) places[`file${suffix}`] = readFileSync(path + suffix).toString('latin1');
    }
  }
  return places;
}

/**
 * @param secrets in clear, by what they are; each long enough not to be found by chance
 * @returns where each was found: nothing, as it should be
 */
export function findLeaks(
  secrets: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(secrets).flatMap(([what, secret]) => {
    if (secret.length < 16) throw new Error(`${what} is too short to be searched for: "${secret}"`);
    return Object.entries(places).flatMap(([place, text]) =>
      spellings(secret).some((spelling) => text.includes(spelling)) ? [`${what} in ${place}`] : [],
    );
  });
}
