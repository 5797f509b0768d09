// The whole service as `npm start` runs it, in this process: listening, on an empty database.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { vi } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { patience, serve } from '../../src/serve.js';
import { createEmptyTestDatabase } from './database.js';

/** TCP ports that nobody listens on, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** A TCP port that nobody listens on. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/**
 * Starts the service.
 * @param environment settings beside its port, database and secret
 * @param timeouts how long its clients may take
 */
export async function startService(
  port: number,
  environment: Readonly<Record<string, string>> = {},
  timeouts: typeof patience = patience,
) {
  const database = await createEmptyTestDatabase();
  // Its welcome has a password, and is not for whoever reads the tests' output.
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const service = await serve(
    loadConfig({
      PORT: String(port),
      DATABASE_URL: database.url,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      LATCHKEY_LOG_LEVEL: 'silent',
      ...environment,
    }),
    timeouts,
  ).finally(() => write.mockRestore());
  return {
    async stop() {
      await service.stop();
      await database.remove();
    },
  };
}
