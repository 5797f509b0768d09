// Counting in Redis. The client is loaded when LATCHKEY_REDIS_URL is set and not otherwise.
import type { Logger } from 'pino';
import { inTime } from '../lib/in-time.js';
import type { Limiter, LimiterFor } from './counters.js';

const timeoutMilliseconds = 1000;
const longestPauseMilliseconds = 5000;
const mostUnanswered = 10_000;

/** The same, but never slower than this: the client's own time limit ends when a command is sent. */
function punctual(limiter: Limiter): Limiter {
  return {
    get: (key) => inTime(limiter.get(key), timeoutMilliseconds),
    penalty: (key, points) => inTime(limiter.penalty(key, points), timeoutMilliseconds),
    delete: (key) => inTime(limiter.delete(key), timeoutMilliseconds),
  };
}

/**
 * Counts in Redis. It need not be there yet: until it answers, and whenever it does not, counting goes on in memory.
 * @param url redis:// or rediss://, with user, password and database as they are needed
 */
export async function redisLimiters(
  url: string,
  log: Pick<Logger, 'warn'>,
): Promise<{ limiterFor: LimiterFor; close(): void }> {
  const [{ createClient }, { RateLimiterRedis }] = await Promise.all([
    import('@redis/client'),
    import('rate-limiter-flexible'),
  ]);
  const client = createClient({
    url,
    name: 'latchkey',
    // What cannot be sent now is refused at once, rather than kept until somebody has given up.
    disableOfflineQueue: true,
    commandsQueueMaxLength: mostUnanswered,
    socket: {
      connectTimeout: timeoutMilliseconds,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPauseMilliseconds),
    },
  });
  // The counters say so when it matters. Without a listener an error event would end the process.
  let reason = `no answer within ${timeoutMilliseconds} milliseconds`;
  client.on('error', (error: unknown) => {
    const { message, code } = error as { message?: unknown; code?: unknown };
    reason = String(message || code || reason);
  });
  // It goes on trying by itself. Nobody waits longer for it here than a command would.
  await inTime(client.connect(), timeoutMilliseconds).catch(() => {});
  if (!client.isReady) {
    // The reason alone: what else an error carries may name the server with its password.
    log.warn({ reason }, 'Redis does not answer: failed attempts are counted in memory until it does');
  }
  return {
    limiterFor: ({ name, points, seconds }) =>
      punctual(
        new RateLimiterRedis({
          storeClient: client,
          useRedisPackage: true,
          keyPrefix: `latchkey:${name}`,
          points,
          duration: seconds,
        }),
      ),
    close: () => client.destroy(),
  };
}
