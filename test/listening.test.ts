// Where the service listens: what an operator is told when it cannot, and when that is not where the issuer says.
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ListenError, listen } from '../src/listening.js';
import { operatorMessage } from '../src/operator-message.js';
import { welcome } from '../src/welcome.js';

async function messageOf(host: string, port: number) {
  const error = await listen(createServer(), { host, port }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ListenError);
  return operatorMessage(error);
}

/** A server that cannot listen for a reason that depends on who runs the tests. */
async function messageFor(code: string) {
  const server = createServer();
  server.listen = () => {
    setImmediate(() => server.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
    return server;
  };
  const error = await listen(server, { host: '0.0.0.0', port: 80 }).catch((thrown: unknown) => thrown);
  return operatorMessage(error);
}

describe('an operator is told', () => {
  test.each(['8.8.8.8', 'nowhere.invalid', '2001:db8::1'])('that HOST %s is not of this computer', async (host) => {
    expect(await messageOf(host, 0)).toMatch(`HOST ${host} is not an address of this computer.`);
  });

  test('that a port needs more rights', async () => {
    expect(await messageFor('EACCES')).toMatch(/^Port 80 needs more rights than this user has\./);
  });

  test('what the operating system says otherwise, and which settings it is about', async () => {
    expect(await messageFor('EMFILE')).toBe(
      'Latchkey cannot listen on 0.0.0.0:80: listen EMFILE. Check HOST and PORT.',
    );
  });
});

describe('the welcome', () => {
  const usual = { issuer: 'http://localhost:4000', host: '127.0.0.1', port: 4000 };

  test.each([usual, { ...usual, host: '::1' }, { ...usual, issuer: 'http://127.0.0.1:4000', host: 'localhost' }])(
    'names one address when the issuer says it all: %o',
    (config) => {
      expect(welcome(config, null)).not.toContain('Listens on');
    },
  );

  test.each([
    [{ ...usual, issuer: 'https://id.example.com', port: 4317 }, '127.0.0.1:4317'],
    [{ ...usual, host: '0.0.0.0' }, '0.0.0.0:4000'],
    [{ ...usual, host: '::' }, '[::]:4000'],
    [{ ...usual, port: 4317 }, '127.0.0.1:4317'],
  ])('says where the service listens when it does not: %o', (config, place) => {
    expect(welcome(config, null)).toContain(`\n  Listens on  ${place}\n`);
  });
});
