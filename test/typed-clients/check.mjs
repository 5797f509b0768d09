// Whether the tools of those who use the GraphQL API accept its schema: the Relay compiler, gql.tada, graphql-codegen; and
// whether the example that the last one types does its work on a running Latchkey. Prints a line for each.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const example = join(root, 'examples/admin-client');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-typed-clients-'));
const port = 4000 + Math.floor(Math.random() * 900);
const service = {
  ...process.env,
  DATABASE_URL: `file:${join(folder, 'latchkey.db')}`,
  LATCHKEY_OWNER_PASSWORD: 'a long owner password',
  PORT: String(port),
};

function run(program, args, options = {}) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

const bin = (name) => join(here, 'node_modules/.bin', name);

const checks = {
  'the Relay compiler': () => {
    mkdirSync(join(here, 'relay/generated'), { recursive: true });
    run(bin('relay-compiler'), ['relay.config.json'], { cwd: join(here, 'relay') });
  },
  'gql.tada': () => {
    const cwd = join(here, 'gql-tada');
    mkdirSync(join(cwd, 'generated'), { recursive: true });
    run(bin('gql.tada'), ['generate-output'], { cwd });
    run(bin('tsc'), ['--project', '.'], { cwd });
  },
  'graphql-codegen, and the example compiles': () => run('npm', ['run', '--silent', 'build'], { cwd: example }),
  'the example does its work': theExampleWorks,
};

async function theExampleWorks() {
  const cli = (...args) => run(process.execPath, ['scripts/run.mjs', 'cli/main', ...args], { cwd: root, env: service });
  const server = spawn(process.execPath, ['scripts/run.mjs', 'main'], { cwd: root, env: service, stdio: 'ignore' });
  try {
    for (let attempt = 0; !(await fetch(`http://localhost:${port}/health`).catch(() => null))?.ok; attempt += 1) {
      if (attempt > 300) throw new Error('Latchkey did not start.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const owner = ['--member', 'owner@example.com', '--role', 'admin', '--name', 'example', '--json'];
    const { token } = JSON.parse(cli('api-tokens', 'create', ...owner));
    const env = { ...process.env, LATCHKEY_URL: `http://localhost:${port}`, LATCHKEY_TOKEN: token };
    const admin = (...args) => run(process.execPath, ['dist/main.js', ...args], { cwd: example, env });
    const registered = admin('register', 'Wiki', 'https://wiki.example.com/callback');
    const [clientId] = /\b[0-9a-f]{32}\b/.exec(registered + admin('list')) ?? [];
    if (clientId === undefined || !/lks_/.test(registered)) throw new Error(`register printed: ${registered}`);
    if (!/lks_/.test(admin('rotate', clientId))) throw new Error('rotate printed no secret.');
    admin('rename', clientId, 'Wiki of the team');
    admin('disable', clientId);
    admin('enable', clientId);
    if (!admin('list', '--sort', 'name').includes('Wiki of the team'))
      throw new Error('list does not show the new name.');
    if (!admin('audit').includes('OAUTH_CLIENT_SECRET_ROTATED')) throw new Error('audit does not show the rotation.');
  } finally {
    server.kill();
  }
}

try {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`passed  ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED  ${name}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
