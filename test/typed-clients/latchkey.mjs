// A Latchkey for the checks: the compiled service as a process of its own, on a database file that is deleted afterwards,
// behind a proxy that can make the network misbehave.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Not the settings of a Latchkey that whoever runs the checks has of their own.
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(LATCHKEY_|TEST_)|^(DATABASE_URL|PORT|HOST|NODE_ENV)$/.test(name)),
);

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

async function freePort() {
  const probe = createServer();
  const port = await listen(probe);
  probe.close();
  return port;
}

/** Starts a Latchkey. `environment` is for programs that call it as an admin; `meddle` is described at startProxy. */
export async function startLatchkey() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-typed-clients-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const env = {
    ...inherited,
    DATABASE_URL: `file:${join(folder, 'latchkey.db')}`,
    LATCHKEY_OWNER_PASSWORD: 'a long owner password',
    LATCHKEY_LOG_LEVEL: 'error',
    PORT: String(port),
  };
  const cli = (...args) =>
    execFileSync(process.execPath, ['scripts/run.mjs', 'cli/main', ...args], { cwd: root, env, encoding: 'utf8' });
  // Brings dist up to date as well, which the service would do in its own time.
  cli('--help');
  const service = spawn(process.execPath, ['scripts/run.mjs', 'main'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 2],
  });
  const proxy = await startProxy(address);

  async function stop() {
    proxy.close();
    if (service.exitCode === null) {
      service.kill();
      await once(service, 'exit');
    }
    rmSync(folder, { recursive: true });
  }

  try {
    for (let attempt = 0; !(await fetch(`${address}/healthz`).catch(() => null))?.ok; attempt += 1) {
      if (attempt === 300 || service.exitCode !== null) throw new Error('Latchkey did not start.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const tokenOf = (role) => {
      const args = ['--member', 'owner@example.com', '--role', role, '--name', `example ${role}`, '--json'];
      return JSON.parse(cli('api-tokens', 'create', ...args)).token;
    };
    const environment = { ...inherited, LATCHKEY_URL: proxy.address, LATCHKEY_TOKEN: tokenOf('admin') };
    return { address, environment, tokenOf, meddle: proxy.meddle, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Passes requests on. `meddle(operation, how)` does something to the next request of that operation: `how` gets what
 * passes the request on, and returns the answer to give, or null to break the connection off.
 */
async function startProxy(target) {
  const meddlers = new Map();
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const pass = async () => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(target + request.url, { method: request.method, headers, body });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    };
    const [, operation] = /\b(?:query|mutation) (\w+)/.exec(body.toString()) ?? [];
    const meddler = meddlers.get(operation) ?? pass;
    meddlers.delete(operation);
    const answer = await meddler(pass).catch(() => null);
    if (answer === null) {
      request.socket.destroy();
      return;
    }
    const {
      'content-length': _length,
      'content-encoding': _encoding,
      'transfer-encoding': _transfer,
      ...rest
    } = answer.headers;
    response.writeHead(answer.status, rest).end(answer.body);
  });
  const port = await listen(server);
  return {
    address: `http://127.0.0.1:${port}`,
    meddle: (operation, how) => meddlers.set(operation, how),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
