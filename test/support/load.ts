// Requests without end, as from people whose browsers keep their connections, and what went wrong with them.
import { Agent, request } from 'node:http';

interface Answer {
  readonly status: number;
  readonly closes: boolean;
  readonly length: number;
}

function get(port: number, path: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, closes: response.headers.connection === 'close', length }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const paths = ['/login', '/oauth/jwks', '/.well-known/openid-configuration', '/healthz', '/nothing-here'];

/** Clients that ask all the time, each on a connection that it keeps as long as it may, until nobody listens any more. */
export function load(port: number, clients: number) {
  const counts = { answered: 0, afterSignal: 0, closes: 0 };
  const failures: string[] = [];
  const signal = { sent: false };
  const work = Array.from({ length: clients }, async (_, client) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = client; ; count += 1) {
      const path = paths[count % paths.length] ?? '/';
      try {
        const { status, closes } = await get(port, path, agent);
        if (status >= 500 || status === 0) failures.push(`${path} ${status}`);
        counts.answered += 1;
        if (signal.sent) counts.afterSignal += 1;
        if (closes) counts.closes += 1;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Whoever is refused the connection knows that nothing was begun.
        if (code === 'ECONNREFUSED' && signal.sent) break;
        failures.push(`${path} ${String(error)}`);
        break;
      }
    }
    agent.destroy();
  });
  return { counts, failures, signal, ended: Promise.all(work) };
}
