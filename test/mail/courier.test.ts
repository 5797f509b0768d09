// Messages from the transaction that notes them to the server that takes them: how soon, how often again, by whom of several
// processes, and that nothing secret is in the log.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecretKeys } from '../../src/lib/secret-keys.js';
import { createMailCourier } from '../../src/mail/courier.js';
import { type Mail, queueMail } from '../../src/mail/deliveries.js';
import { createSmtpTransport } from '../../src/mail/smtp.js';
import { tidy } from '../../src/maintenance.js';
import { startProcesses } from '../races/processes.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/logout-receiver.js';
import { startSmtpServer, type TestSmtpServer, trust } from '../support/smtp-server.js';

const token = 'lkl_a-secret-that-no-log-may-hold';
const mail: Mail = {
  to: 'ada@example.com',
  memberId: null,
  subject: 'Set a new password',
  paragraphs: ['Somebody asked for it.'],
  action: { label: 'Set it', url: `https://id.example.com/reset?token=${token}` },
};

let database: TestDatabase;
let server: TestSmtpServer;
let app: TestApp;
beforeEach(async () => {
  database = await createTestDatabase();
  server = await startSmtpServer();
  app = await appOn(database, server.port);
});
afterEach(async () => {
  await app.deps.mailCourier.stop();
  await app.close();
  await server.close();
  await database.close();
});

function transportTo(port: number) {
  const smtp = { host: 'localhost', port, tls: 'required', user: undefined, password: undefined } as const;
  return createSmtpTransport(smtp, 'id.example.com', trust);
}

function appOn(on: TestDatabase, port: number, issuer = 'https://id.example.com') {
  return createTestApp({ database: on, issuer, mailTransport: transportTo(port) });
}

const queue = (to = mail.to, seconds?: number, by = app, more: Partial<Mail> = {}) =>
  by.db.$transaction((tx) => queueMail(tx, by.deps, { ...mail, to, ...more }, seconds));
const deliver = (by = app) => by.deps.mailCourier.deliverDue();
const rows = () => app.db.mailDelivery.findMany({ orderBy: { id: 'asc' } });
const receivers = () => server.received.map(({ to }) => to[0]);
const log = (by = app) => by.logLines.join('');

test('what is noted is sent, and forgotten when the server has taken it', async () => {
  await queue();
  await deliver();
  expect(server.received).toMatchObject([{ to: ['ada@example.com'], secure: true }]);
  expect(server.received[0]?.text).toContain(token);
  expect(await rows()).toEqual([]);
  app.clock.advance(86_400);
  await deliver();
  expect(server.received).toHaveLength(1);
  expect(log()).not.toContain(token);
});

test('a message is on its way within a second of its transaction, however long that lasts', async () => {
  const real = await createTestApp({
    database,
    issuer: 'https://id.example.com',
    realTime: true,
    mailTransport: transportTo(server.port),
  });
  real.deps.mailCourier.start();
  await real.db.$transaction(async (tx) => {
    await queueMail(tx, real.deps, mail);
    // Longer than the courier waits after it was woken.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.received).toEqual([]);
  });
  const committed = performance.now();
  await eventually(() => server.received.length === 1);
  expect(performance.now() - committed).toBeLessThan(2_000);
  await real.deps.mailCourier.stop();
  await real.close();
});

test('whoever is woken looks at once, not at the next second', async () => {
  const real = await createTestApp({ database, realTime: true, mailTransport: transportTo(server.port) });
  real.deps.mailCourier.start();
  await deliver(real);
  await queue('bea@example.com', undefined, real);
  const committed = performance.now();
  await eventually(() => server.received.length === 1);
  expect(performance.now() - committed).toBeLessThan(800);
  await real.deps.mailCourier.stop();
  await real.close();
});

test('what another process noted, such as a command, is on its way within two seconds', async () => {
  const options = { database, realTime: true, mailTransport: transportTo(server.port) };
  const [service, command] = [await createTestApp(options), await createTestApp(options)];
  service.deps.mailCourier.start();
  await deliver(service);
  await queue(mail.to, undefined, command);
  const committed = performance.now();
  await eventually(() => server.received.length === 1, 6_000);
  expect(performance.now() - committed).toBeLessThan(2_000);
  await service.deps.mailCourier.stop();
  await Promise.all([service.close(), command.close()]);
});

test('what is rolled back is not sent', async () => {
  const failing = app.db.$transaction(async (tx) => {
    await queueMail(tx, app.deps, mail);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  await deliver();
  expect(server.received).toEqual([]);
});

describe('a server that is down', () => {
  test('is tried again after 5 s, 30 s, 2 min, 10 min and then each half hour, until the message expires', async () => {
    const { port } = server;
    await server.close();
    await queue(mail.to, 2 * 3600);
    const times: number[] = [];
    const began = app.clock().getTime();
    for (;;) {
      const [row] = await rows();
      if (!row) break;
      app.clock.advance((row.nextAttemptAt.getTime() - app.clock().getTime()) / 1000);
      await deliver();
      times.push((app.clock().getTime() - began) / 1000);
    }
    const tenMinutes = 5 + 30 + 120 + 600;
    expect(times).toEqual([0, 5, 35, 155, tenMinutes, tenMinutes + 1800, tenMinutes + 3600, tenMinutes + 5400]);
    expect(log()).toContain('a message was not sent, and will not be');
    expect(log()).not.toMatch(/lkl_|ada@example/);
    server = await startSmtpServer({ port });
  });

  test('gets what waits when it is up again, also from a process that was started since', async () => {
    const { port } = server;
    await server.close();
    await queue();
    await deliver();
    expect(await rows()).toMatchObject([{ attempts: 1 }]);
    server = await startSmtpServer({ port });
    await deliver();
    expect(server.received).toEqual([]);
    const again = await appOn(database, port);
    again.clock.advance(5);
    await deliver(again);
    expect(receivers()).toEqual(['ada@example.com']);
    expect(await rows()).toEqual([]);
    await again.deps.mailCourier.stop();
    await again.close();
  });

  test('keeps no new message waiting behind those that it refused', async () => {
    server.behaviour.refuse = { at: 'rcptTo', status: 451, message: 'later' };
    for (let index = 0; index < 12; index += 1) await queue(`busy${index}@example.com`);
    await deliver();
    server.asked.length = 0;
    // All are due by now, the new one last.
    app.clock.advance(10);
    await queue('new@example.com');
    await deliver();
    expect(server.asked).toHaveLength(13);
    expect(server.asked.indexOf('new@example.com')).toBeLessThan(5);
  });
});

test('a refusal for good ends it at once, and the log says so without the message', async () => {
  server.behaviour.refuse = { at: 'data', status: 554, message: `refused: ${mail.action?.url}` };
  await queue(mail.to, undefined, app, { memberId: 'mem_somebody' });
  await deliver();
  expect(await rows()).toEqual([]);
  expect(log()).toMatch(/"member":"mem_somebody".*a message was not sent, and will not be/);
  expect(log()).toContain('The SMTP server answered DATA with 554.');
  expect(log()).not.toMatch(/lkl_|ada@example|Set a new password|Somebody asked/);
});

describe('several processes on one database', () => {
  test('send each message once', async () => {
    const processes = await startProcesses();
    const couriers = processes.apps.map(({ deps }) => createMailCourier(deps, transportTo(server.port)));
    const [first] = processes.apps;
    for (let index = 0; index < 20; index += 1) await queue(`member${index}@example.com`, undefined, first);
    await Promise.all(couriers.map((courier) => courier.deliverDue()));
    expect(receivers().sort()).toEqual(Array.from({ length: 20 }, (_, index) => `member${index}@example.com`).sort());
    expect(await first.db.mailDelivery.count()).toBe(0);
    await Promise.all(couriers.map((courier) => courier.stop()));
    await processes.close();
  });

  test('leave alone what another is sending', async () => {
    let release: () => void = () => {};
    server.behaviour.hold = new Promise((resolve) => {
      release = resolve;
    });
    const second = await appOn(database, server.port);
    await queue();
    const sending = deliver();
    await eventually(async () => ((await rows())[0]?.nextAttemptAt ?? new Date(0)) > app.clock());
    await deliver(second);
    release();
    await sending;
    expect(server.received).toHaveLength(1);
    await second.deps.mailCourier.stop();
    await second.close();
  });
});

test('a process that is killed after the server’s yes sends the message a second time at most, under the same id', async () => {
  await queue();
  const [row] = await rows();
  if (!row) throw new Error('One waits.');
  await deliver();
  // As it stood: claimed, taken by the server, not yet forgotten.
  await app.db.mailDelivery.create({ data: { ...row, nextAttemptAt: new Date(app.clock().getTime() + 60_000) } });
  app.clock.advance(59);
  await deliver();
  expect(server.received).toHaveLength(1);
  app.clock.advance(1);
  await deliver();
  app.clock.advance(3600);
  await deliver();
  const ids = server.received.map(({ headers }) => headers.get('message-id')?.[0]);
  expect(ids).toEqual([`<${row.id}@id.example.com>`, `<${row.id}@id.example.com>`]);
});

test('a process whose claim ran out does not disturb whoever has the next one', async () => {
  server.behaviour.refuse = { at: 'data', status: 554, message: 'no' };
  let release: () => void = () => {};
  server.behaviour.hold = new Promise((resolve) => {
    release = resolve;
  });
  await queue();
  const sending = deliver();
  await eventually(async () => ((await rows())[0]?.nextAttemptAt ?? new Date(0)) > app.clock());
  const nextAttemptAt = new Date(app.clock().getTime() + 120_000);
  await app.db.mailDelivery.updateMany({ data: { nextAttemptAt } });
  release();
  await sending;
  expect(await rows()).toMatchObject([{ attempts: 0, nextAttemptAt }]);
});

test('a message can be read when LATCHKEY_SECRET has changed and still has the old secret', async () => {
  await queue();
  const secrets = (...list: [string, ...string[]]) => ({ ...app.deps, secretKeys: createSecretKeys(list) });
  const [fresh, old] = ['another secret of more than 32 bytes', 'a secret for tests of more than 32 bytes'];
  await createMailCourier(secrets(fresh), transportTo(server.port)).deliverDue();
  expect([server.received, await rows()]).toMatchObject([[], [{ attempts: 1 }]]);
  expect(log()).toContain('LATCHKEY_SECRET does not hold');
  app.clock.advance(5);
  const courier = createMailCourier(secrets(fresh, old), transportTo(server.port));
  await courier.deliverDue();
  expect(server.received).toHaveLength(1);
  await courier.stop();
});

test('what expired is not sent, and tidied away', async () => {
  await queue(mail.to, 3600);
  app.clock.advance(3600);
  await deliver();
  await tidy(app.deps);
  expect([server.received, await rows()]).toEqual([[], []]);
  expect(log()).toContain('messages were not sent before they expired');
});

test('what is being sent at this moment is not tidied away', async () => {
  await queue(mail.to, 3600);
  app.clock.advance(3600);
  await app.db.mailDelivery.updateMany({ data: { nextAttemptAt: new Date(app.clock().getTime() + 1000) } });
  await tidy(app.deps);
  expect(await rows()).toHaveLength(1);
});
