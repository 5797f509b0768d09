// The server that only answers, for the driver's own measure.
import { fileURLToPath } from 'node:url';
import { startServer } from './process.mjs';

const program = fileURLToPath(new URL('bare-main.mjs', import.meta.url));

/** @param {{ folder: string, port: number, users: number }} options */
export function prepareBare({ folder, port, users }) {
  const origin = `http://127.0.0.1:${port}`;
  /** @type {import('../driver/target.mjs').Target} */
  const target = {
    side: 'bare',
    origin,
    paths: { authorize: '/', token: '/', userinfo: '/', introspect: '/' },
    users: Array.from({ length: users }, () => ({
      clientId: 'a'.repeat(32),
      clientSecret: 'b'.repeat(66),
      cookie: '',
    })),
    apiToken: null,
  };
  const start = () =>
    startServer({
      args: [program],
      environment: { PORT: String(port) },
      origin,
      path: '/',
      logFile: `${folder}/bare.log`,
    });
  return { name: 'bare', database: 'none', target, start };
}
