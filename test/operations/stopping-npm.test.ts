// That a signal to npm, or to all that a terminal or systemd started, stops what `npm start` and its like run as a signal to the
// service itself would. The scripts are those of package.json; in the service's place stands a program that says how it ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

// As stopAtSignal does it. One that nobody stops, since it lost npm, ends by itself.
const standIn = `setTimeout(() => process.exit(3), 20_000);
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
  if (stopping) { console.log('broken off'); process.exit(1); }
  stopping = true;
  setTimeout(() => { console.log('stopped'); process.exit(0); }, Number(process.env.STOPPING_TAKES));
});
console.log('running');
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-npm-'));
  for (const name of ['scripts', 'dist/cli']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['package.json', ...['start', 'run', 'one-signal'].map((script) => `scripts/${script}.mjs`)])
    copyFileSync(join(root, name), join(folder, name));
  writeFileSync(join(folder, 'scripts/prepare.mjs'), 'export async function prepare() {}\n');
  for (const name of ['main', 'demo', 'cli/main']) writeFileSync(join(folder, `dist/${name}.js`), standIn);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function startThroughNpm(args: readonly string[], stoppingTakes = 300) {
  const child = spawn('npm', args, {
    cwd: folder,
    // A group of its own, which a terminal's Ctrl-C goes to.
    detached: true,
    env: { ...process.env, STOPPING_TAKES: String(stoppingTakes), npm_config_update_notifier: 'false' },
  });
  let printed = '';
  const runs = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('running')) resolve();
    });
    child.once('exit', () => reject(new Error(`npm ended: ${printed}`)));
  });
  // What was printed by then: a program that outlives npm has not said yet that it stopped.
  const ended = once(child, 'exit').then(([code]) => ({ code, last: printed.trim().split('\n').at(-1) }));
  await runs;
  return { pid: child.pid as number, ended };
}

const gracefully = { code: 0, last: 'stopped' };

test.each([[['start']], [['run', 'demo']], [['run', 'cli', '--', 'serve']]])(
  'what npm %j runs has stopped gracefully before npm ends, whoever was sent the signal',
  async (args) => {
    const toNpm = await startThroughNpm(args);
    process.kill(toNpm.pid, 'SIGTERM');
    expect(await toNpm.ended).toEqual(gracefully);

    const toAll = await startThroughNpm(args);
    process.kill(-toAll.pid, 'SIGINT');
    expect(await toAll.ended).toEqual(gracefully);
  },
  60_000,
);

test('whoever asks once more, a second later, need not wait for the service to stop', async () => {
  const service = await startThroughNpm(['start'], 15_000);
  process.kill(service.pid, 'SIGTERM');
  await pause(1_200);
  process.kill(service.pid, 'SIGTERM');
  expect(await service.ended).toEqual({ code: 1, last: 'broken off' });
}, 60_000);
