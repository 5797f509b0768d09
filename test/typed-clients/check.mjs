// Whether the tools of those who use the GraphQL API accept its schema: the Relay compiler, gql.tada, graphql-codegen; and
// whether what they make works on a running Latchkey. Prints a line for each check.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adminClientChecks } from './admin-client.mjs';
import { startLatchkey } from './latchkey.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const example = join(here, '../../examples/admin-client');

function run(program, args, options = {}) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

const bin = (name) => join(here, 'node_modules/.bin', name);

/** A folder below this one without what was generated before. */
function emptied(name) {
  const folder = join(here, name);
  for (const made of ['generated', 'built']) rmSync(join(folder, made), { recursive: true, force: true });
  mkdirSync(join(folder, 'generated'));
  return folder;
}

const ofSchema = {
  'the Relay compiler': () => {
    const cwd = emptied('relay');
    run(bin('relay-compiler'), ['relay.config.json', '--noWatchman'], { cwd });
    run(bin('tsc'), ['--project', '.'], { cwd });
  },
  'gql.tada': () => {
    const cwd = emptied('gql-tada');
    run(bin('gql.tada'), ['generate-output'], { cwd });
    run(bin('tsc'), ['--project', '.'], { cwd });
  },
  'graphql-codegen, and the example compiles': () => {
    rmSync(join(example, 'dist'), { recursive: true, force: true });
    run('npm', ['run', '--silent', 'build'], { cwd: example });
  },
};

const ofService = ({ address, environment }) => ({
  'Relay’s store follows what is done': () => {
    const env = { ...environment, LATCHKEY_URL: address };
    assert.deepEqual(JSON.parse(run(process.execPath, ['relay/built/session.js'], { cwd: here, env })), {
      firstPage: ['Alder', 'Beech'],
      bothPages: ['Alder', 'Beech', 'Cedar'],
      secret: 'lks_',
      appended: ['Alder', 'Beech', 'Cedar', 'Dogwood'],
      updatedLocally: ['Alder', 'Beech', 'Cedar', 'Elder, as Latchkey does not know yet'],
      renamed: ['Alder', 'Beech', 'Cedar', 'Elder'],
      secretsLeft: [],
      versionAfterRefetch: 2,
      deleted: ['Alder', 'Beech', 'Cedar'],
    });
  },
  'graphql-codegen reads the schema of a running Latchkey, too': () => {
    const types = () => readFileSync(join(example, 'src/generated/graphql.ts'), 'utf8');
    const before = types();
    const env = { ...environment, LATCHKEY_SCHEMA: `${address}/graphql` };
    run('npm', ['run', '--silent', 'generate'], { cwd: example, env });
    assert.ok(types() === before, 'The types differ from those of schema.graphql.');
  },
});

async function check(checks) {
  for (const [name, perform] of Object.entries(checks)) {
    try {
      await perform();
      console.log(`passed  ${name}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`FAILED  ${name}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`);
    }
  }
}

/** Checks with a Latchkey of their own. */
async function checkService(checksOf) {
  let latchkey;
  await check({
    'Latchkey starts': async () => {
      latchkey = await startLatchkey();
    },
  });
  if (!latchkey) return;
  try {
    await check(checksOf(latchkey));
  } finally {
    await latchkey.stop();
  }
}

await check(ofSchema);
await checkService(ofService);
await checkService(adminClientChecks);
