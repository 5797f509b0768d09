// What must not outlive a run that is stopped half-way: the processes that it started, and its temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @type {Map<import('node:child_process').ChildProcess, NodeJS.Signals>} */
const children = new Map();
/** @type {string[]} */
const folders = [];

process.on('exit', () => {
  for (const [child, signal] of children) child.kill(signal);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  process.on(signal, () => process.exit(code));
}

/**
 * Ends a process with this one, unless it has ended before.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal what ends it at once
 */
export function endWithUs(child, signal) {
  children.set(child, signal);
  child.once('exit', () => children.delete(child));
}

/** Makes a temporary folder that is deleted when this process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
  folders.push(folder);
  return folder;
}
