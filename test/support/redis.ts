// A real Redis for a test: the one that TEST_REDIS_URL names, or a server process of its own where one is installed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './service.js';

const program = '/usr/bin/redis-server';

/** Whether this machine has a Redis to test with. */
export const hasRedisServer = existsSync(program);

export const redisPassword = 'a password of the test Redis';

/** A server process that the test may stop and start again. */
export async function startRedisServer() {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    child = spawn(program, [...options, '--requirepass', redisPassword], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const chunk of child.stdout ?? []) if (String(chunk).includes('Ready to accept connections')) break;
  }
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }
  await start();
  return {
    url: `redis://:${encodeURIComponent(redisPassword)}@127.0.0.1:${port}`,
    start,
    stop,
    /** Keeps its connections and answers nothing, as a server does that swaps or is cut off. */
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    async remove() {
      child?.kill('SIGCONT');
      await stop('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
