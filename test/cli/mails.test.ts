// E-mail by the compiled service: what the operator's commands note is sent by the service that runs beside them, what no server
// takes is sent after the next start, and whoever set no server is told so.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { eventually } from '../support/logout-receiver.js';
import { freePort } from '../support/service.js';
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server.js';
import { patience, start } from './command-line.js';
import { runJson } from './in-process.js';

vi.setConfig({ testTimeout: patience });

const email = 'owner@example.com';
const subject = 'Your Latchkey password was changed';
let database: EmptyTestDatabase;
let server: TestSmtpServer;
let port: number;
let service: ReturnType<typeof start> | undefined;
let logged = '';

beforeAll(async () => {
  [database, port] = await Promise.all([createEmptyTestDatabase(), freePort()]);
  server = await startSmtpServer({
    user: 'me',
    password: 'hunter2',
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
  });
});
afterEach(() => {
  if (service?.exitCode === null) service.kill('SIGKILL');
});
afterAll(async () => {
  await server.close();
  await database.remove();
});

/** Starts the service and waits until it says that it runs. */
async function startService(more: Record<string, string>) {
  logged = '';
  const environment = { PORT: String(port), LATCHKEY_OWNER_PASSWORD: 'a long owner password', ...more };
  const child = start(database.url, ['serve'], { environment });
  service = child;
  child.stderr.on('data', (text: string) => {
    logged += text;
  });
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (text: string) => {
      printed += text;
      if (printed.includes('GraphiQL')) resolve();
    });
    child.once('close', (code) => reject(new Error(`The service ended with ${code}: ${logged}`)));
  });
  return child;
}

async function stopService(child: ReturnType<typeof start>): Promise<number> {
  const ended = once(child, 'close');
  const began = performance.now();
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  return performance.now() - began;
}

const smtpUrl = () => `smtp://me:hunter2@127.0.0.1:${server.port}`;
const setPassword = () => runJson(database.url, ['members', 'set-password', '--email', email]);

test('what a command notes is sent within seconds by the service beside it, which then stops at once', async () => {
  const child = await startService({ LATCHKEY_SMTP_URL: smtpUrl(), LATCHKEY_MAIL_FROM: 'Example <hello@example.com>' });
  await setPassword();
  await eventually(() => server.received.length === 1);
  expect(server.received).toMatchObject([{ from: 'hello@example.com', to: [email], user: 'me' }]);
  expect(server.received[0]?.headers.get('subject')).toEqual([subject]);
  // The connection that is kept for the next message keeps nobody from stopping.
  expect(await stopService(child)).toBeLessThan(5_000);
  expect(logged).not.toContain('hunter2');
});

test('what a command notes while no service runs is sent after the next start', async () => {
  await setPassword();
  expect(server.received).toHaveLength(1);
  const child = await startService({ LATCHKEY_SMTP_URL: smtpUrl() });
  await eventually(() => server.received.length === 2);
  await stopService(child);
});

test('without a server the start of a public service says once which setting to set, and nothing of a message is logged', async () => {
  const child = await startService({ LATCHKEY_ISSUER: 'https://id.example.com' });
  await setPassword();
  await eventually(() => logged.includes('will not be'));
  await stopService(child);
  const warnings = logged.split('\n').filter((line) => line.includes('LATCHKEY_SMTP_URL'));
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/"level":40,.*no e-mail is sent/);
  expect(warnings[1]).toMatch(/"level":40,.*"member":"mem_\w+".*a message was not sent, and will not be/);
  expect(logged).not.toMatch(new RegExp(`${email}|password was changed`));
});

test('without a server a service on loopback shows the message in its log', async () => {
  const child = await startService({});
  expect(logged).not.toContain('LATCHKEY_SMTP_URL');
  await setPassword();
  await eventually(() => logged.includes(subject));
  await stopService(child);
});
