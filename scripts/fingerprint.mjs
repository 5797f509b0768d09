// Tells cheaply whether files have changed since they were last looked at: by size and modification time, and where
// those differ (a fresh checkout, a touched file) by content.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ times: string, contents: string }} Fingerprint two hashes over the same files
 * @typedef {{ root: string, paths: string[], accept?: (path: string) => boolean, salt?: string }} Files
 *   paths: files and folders (folders count with all they hold) · accept: leaves files of a folder out · salt: whatever
 *   else the result depends on
 */

/**
 * Takes the fingerprint of files as they are now.
 * @param {Files} files
 * @returns {Fingerprint}
 */
export function fingerprint(files) {
  const listed = list(files);
  return { times: hashTimes(files, listed), contents: hashContents(files, listed) };
}

/**
 * Compares files with an earlier fingerprint, reading their content only when they look changed.
 * @param {Files} files
 * @param {Fingerprint | undefined} earlier
 * @returns {'same' | 'touched' | 'changed'} touched: other times, but the same content
 */
export function compare(files, earlier) {
  if (!earlier) {
    return 'changed';
  }
  const listed = list(files);
  if (hashTimes(files, listed) === earlier.times) {
    return 'same';
  }
  return hashContents(files, listed) === earlier.contents ? 'touched' : 'changed';
}

function list({ root, paths, accept = () => true }) {
  const found = [];
  const visit = (path) => {
    const stats = statSync(join(root, path), { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      for (const name of readdirSync(join(root, path)).sort()) {
        visit(`${path}/${name}`);
      }
    } else if (stats && accept(path)) {
      found.push({ path, size: stats.size, time: stats.mtimeMs });
    }
  };
  paths.forEach(visit);
  return found;
}

function hashTimes({ salt = '' }, listed) {
  const lines = listed.map(({ path, size, time }) => `${path}\n${size}\n${time}\n`);
  return createHash('sha256').update(salt).update(lines.join('')).digest('hex');
}

function hashContents({ root, salt = '' }, listed) {
  const hash = createHash('sha256').update(salt);
  for (const { path, size } of listed) {
    hash.update(`${path}\n${size}\n`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}
