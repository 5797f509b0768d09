// That a signal to npm, or to all that a terminal or systemd started, stops what `npm start` and its like run as a signal to the
// service itself would. Everything is as in this checkout, but for the preparation, which other tests could be in the middle of.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownerPassword } from '../support/app.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { freePort } from '../support/service.js';

const checkout = join(import.meta.dirname, '../..');
let folder: string;
let database: EmptyTestDatabase;
beforeAll(async () => {
  database = await createEmptyTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'latchkey-npm-'));
  for (const name of readdirSync(checkout).filter((each) => !each.startsWith('.'))) {
    if (name === 'scripts') cpSync(join(checkout, name), join(folder, name), { recursive: true });
    else symlinkSync(join(checkout, name), join(folder, name));
  }
  writeFileSync(join(folder, 'scripts/prepare.mjs'), 'export async function prepare() {}\n');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.remove();
});

async function startThroughNpm(args: readonly string[]) {
  const child = spawn('npm', args, {
    cwd: folder,
    // A group of its own, which a terminal's Ctrl-C goes to.
    detached: true,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      LATCHKEY_OWNER_PASSWORD: ownerPassword,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      LATCHKEY_LOG_LEVEL: 'info',
      // Long enough for npm to pass on what it got.
      LATCHKEY_STOP_DELAY_SECONDS: '1',
      npm_config_update_notifier: 'false',
    },
  });
  let printed = '';
  const runs = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
        if (printed.includes('"msg":"started"')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`npm ended: ${printed}`)));
  });
  // What was printed by then: a program that outlives npm has not said yet that it stopped.
  const ended = once(child, 'exit').then(([code]) => ({ code, stopped: printed.includes('"msg":"stopped"') }));
  await runs;
  return { pid: child.pid as number, ended };
}

test.each([[['start']], [['run', 'cli', '--', 'serve']]])(
  'what npm %j runs has stopped gracefully before npm ends, whoever was sent the signal',
  async (args) => {
    const toNpm = await startThroughNpm(args);
    process.kill(toNpm.pid, 'SIGTERM');
    expect(await toNpm.ended).toEqual({ code: 0, stopped: true });

    const toAll = await startThroughNpm(args);
    process.kill(-toAll.pid, 'SIGINT');
    expect(await toAll.ended).toEqual({ code: 0, stopped: true });
  },
  60_000,
);

test('no script leaves a shell between npm and a program that must stop by itself: some shells end without passing a signal on', () => {
  const { scripts } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  for (const name of ['start', 'cli', 'demo', 'conformance:seed']) expect(scripts[name]).toMatch(/^exec node /);
});
