// What the program of examples/admin-client does on a running Latchkey: every command, and each kind of failure that it
// shows how to meet. The checks build on one another, in this order.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const example = fileURLToPath(new URL('../../examples/admin-client', import.meta.url));

/** The checks, by name. */
export function adminClientChecks({ address, environment, tokenOf, meddle }) {
  /** Runs a command to its end, whatever that is. */
  function admin(args, more = {}) {
    return new Promise((resolve) => {
      const options = { cwd: example, env: { ...environment, ...more } };
      execFile(process.execPath, ['dist/main.js', ...args], options, (error, stdout, stderr) => {
        resolve({ exitCode: error ? error.code : 0, stdout, stderr });
      });
    });
  }

  /** Runs a command that must succeed. @returns what it printed */
  async function done(...args) {
    const { exitCode, stdout, stderr } = await admin(args);
    assert.equal(exitCode, 0, `${args.join(' ')} failed: ${stderr}`);
    return stdout;
  }

  /** Runs a command that must fail in this way, and print nothing as if it had not. */
  async function refused(args, expected, more = {}) {
    const { exitCode, stdout, stderr } = await admin(args, more);
    assert.equal(exitCode, 1, `${args.join(' ')} did not fail: ${stdout}`);
    assert.match(stderr, expected);
    assert.equal(stdout, '');
    return stderr;
  }

  const credentialsIn = (text) => ({
    clientId: /client_id +(\S+)/.exec(text)?.[1] ?? assert.fail(`There is no client_id in: ${text}`),
    secret: /client_secret +(lks_\S+)/.exec(text)?.[1] ?? assert.fail(`There is no secret in: ${text}`),
  });

  /** Whether a client's credentials are its own: then it is refused for the grant, which it has not, and not for them. */
  async function isAccepted({ clientId, secret }) {
    const response = await fetch(`${address}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { error } = await response.json();
    assert.ok(['unauthorized_client', 'invalid_client'].includes(error), error);
    return error === 'unauthorized_client';
  }

  const register = async (name) =>
    credentialsIn(await done('register', name, `https://${name.toLowerCase()}.example.com/cb`));
  const loseAnswer = async (pass) => {
    await pass();
    return null;
  };
  const tooMany = (seconds) => async () => ({
    status: 429,
    headers: { 'content-type': 'application/json', 'retry-after': String(seconds) },
    body: '{"errors":[{"message":"Too many points.","extensions":{"code":"RATE_LIMITED"}}]}',
  });
  let wiki;

  return {
    'an empty list': async () => assert.equal(await done('list'), '0 clients\n'),

    'registering, with a secret that works': async () => {
      wiki = await register('Wiki');
      assert.ok(await isAccepted(wiki));
      assert.ok(!(await isAccepted({ ...wiki, secret: wiki.secret.replace('lks_', 'lks_x') })));
    },

    'all that is wrong with an input, each with its place': async () => {
      const words = await refused(['register', '', 'http://wiki.example.com/cb'], /^name: /m);
      assert.match(words, /^redirectUris\.0: .*https/m);
    },

    'several pages, in order, filtered': async () => {
      for (const name of ['Delta', 'Alpha', 'Echo', 'Bravo']) await register(name);
      const namesIn = (text) => [...text.matchAll(/CONFIDENTIAL +(\w+)/g)].map(([, name]) => name);
      const sorted = await done('list', '--sort', 'name', '--page-size', '2');
      assert.deepEqual(namesIn(sorted), ['Alpha', 'Bravo', 'Delta', 'Echo', 'Wiki']);
      assert.match(sorted, /^5 clients$/m);
      assert.deepEqual(namesIn(await done('list', '--search', 'ALPH')), ['Alpha']);
      assert.equal(await done('list', '--type', 'native'), '0 clients\n');
    },

    'rotating: the old secret works on, or ends at once': async () => {
      const second = credentialsIn(await done('rotate', wiki.clientId));
      assert.ok((await isAccepted(wiki)) && (await isAccepted(second)));
      const third = credentialsIn(await done('rotate', wiki.clientId, '--old-secrets-live', '0'));
      assert.ok(!(await isAccepted(wiki)) && !(await isAccepted(second)) && (await isAccepted(third)));
    },

    'the answer to a registration is lost: one client, with a secret that works': async () => {
      meddle('RegisterClient', loseAnswer);
      const { stdout, stderr } = await admin(['register', 'Lost', 'https://lost.example.com/cb']);
      assert.match(stderr, /No answer came .*Trying again/);
      assert.ok(await isAccepted(credentialsIn(stdout)));
      assert.match(await done('list', '--search', 'Lost'), /^1 client$/m);
    },

    'the answer to a rotation is lost: that secret is revoked, and another comes': async () => {
      meddle('RotateSecret', loseAnswer);
      const printed = await done('rotate', wiki.clientId);
      assert.ok(await isAccepted(credentialsIn(printed)));
      assert.match(await done('audit', '--last', '3'), /OAUTH_CLIENT_SECRET_REVOKED/);
    },

    'too many requests: waits as long as it is told, if that is not long': async () => {
      meddle('OAuthClients', tooMany(1));
      const started = Date.now();
      const { exitCode, stderr } = await admin(['list']);
      assert.deepEqual([exitCode, stderr], [0, 'Too many points. Trying again in 1 s…\n']);
      assert.ok(Date.now() - started >= 1000);
      meddle('OAuthClients', tooMany(50));
      await refused(['list'], /Try again in 50 seconds/);
    },

    'renaming, and a conflict with somebody else’s change': async () => {
      assert.equal(await done('rename', wiki.clientId, 'Handbook'), 'Wiki is called Handbook now.\n');
      meddle('RenameClient', async (pass) => {
        await done('rename', wiki.clientId, 'Almanac');
        return pass();
      });
      const words = await refused(['rename', wiki.clientId, 'Guide'], /called Almanac/);
      assert.match(words, /^version: /m);
      assert.match(await done('list', '--search', 'Almanac'), /^1 client$/m);
    },

    'no answer to what cannot be repeated: it is not': async () => {
      meddle('RenameClient', loseAnswer);
      const words = await refused(['rename', wiki.clientId, 'Guide'], /No answer came/);
      assert.doesNotMatch(words, /Trying again/);
      assert.match(await done('list', '--search', 'Guide'), /^1 client$/m);
    },

    'disabling and enabling, twice each': async () => {
      for (const _ of [1, 2]) assert.match(await done('disable', wiki.clientId), /Guide is disabled since/);
      assert.match(await done('list', '--disabled'), /disabled since[\s\S]*^1 client$/m);
      for (const _ of [1, 2]) assert.match(await done('enable', wiki.clientId), /Guide is enabled/);
      assert.equal(await done('list', '--disabled'), '0 clients\n');
    },

    'the audit log, with who it was': async () => {
      const printed = await done('audit', '--last', '100');
      assert.match(printed, /OAUTH_CLIENT_CREATED +example admin \(token of owner@example\.com\) +Wiki/);
      assert.match(printed, /OAUTH_CLIENT_UPDATED .* name: Wiki → Handbook/);
      assert.doesNotMatch(printed, /lks_/);
    },

    'what is not there, and what is not allowed': async () => {
      await refused(['rename', 'nobody', 'x'], /There is no client nobody/);
      await refused(['rotate', 'nobody'], /^clientId: /);
      await refused(['list'], /not valid[\s\S]*LATCHKEY_TOKEN/, { LATCHKEY_TOKEN: 'lkt_wrong' });
      await refused(['list'], /role ADMIN/, { LATCHKEY_TOKEN: tokenOf('reader') });
      await refused(['audit'], /role ADMIN/, { LATCHKEY_TOKEN: tokenOf('writer') });
      await refused(['list'], /LATCHKEY_TOKEN is missing/, { LATCHKEY_TOKEN: '' });
      await refused(['list'], /LATCHKEY_URL must be/, { LATCHKEY_URL: 'id.example.com' });
    },

    'what is not understood': async () => {
      for (const args of [
        [],
        ['nothing'],
        ['rotate'],
        ['list', '--nothing'],
        ['list', '--sort', 'x'],
        ['audit', '--last', '0'],
      ]) {
        assert.equal((await admin(args)).exitCode, 2, args.join(' '));
      }
      assert.match(await done('help'), /register <name> <redirect URI>/);
    },
  };
}
