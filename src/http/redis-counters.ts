// Counting failures in Redis. The client is loaded when LATCHKEY_REDIS_URL is set and not otherwise.
import type { Logger } from 'pino';
import { type Counters, insuredCounters } from './counters.js';

const timeoutMilliseconds = 1000;
const longestPauseMilliseconds = 5000;

/**
 * Counters in Redis. Starts without waiting for it: until it answers, and whenever it does not, counting goes on in memory.
 * @param url redis:// or rediss://, with user, password and database as they are needed
 */
export async function redisCounters(
  url: string,
  log: Pick<Logger, 'warn'>,
): Promise<{ counters: Counters; close(): void }> {
  const [{ createClient }, { RateLimiterRedis }] = await Promise.all([
    import('@redis/client'),
    import('rate-limiter-flexible'),
  ]);
  const client = createClient({
    url,
    name: 'latchkey',
    // What cannot be sent now is refused at once, rather than kept until somebody has given up.
    disableOfflineQueue: true,
    commandOptions: { timeout: timeoutMilliseconds },
    socket: {
      connectTimeout: timeoutMilliseconds,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPauseMilliseconds),
    },
  });
  // The counters say so when it matters. Without a listener an error event would end the process.
  client.on('error', () => {});
  void client.connect().catch(() => {});
  return {
    counters: insuredCounters(
      ({ name, points, seconds }) =>
        new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          keyPrefix: `latchkey:${name}`,
          points,
          duration: seconds,
        }),
      log,
    ),
    close: () => client.destroy(),
  };
}
