// Sending by SMTP to a real server: what arrives, over what, under whose name, and what a refusal tells.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readSmtpUrl, type SmtpServer } from '../../src/config/mail.js';
import { type Letter, MailError, type MailTransport } from '../../src/mail/letter.js';
import { renderMail } from '../../src/mail/render.js';
import { createSmtpTransport } from '../../src/mail/smtp.js';
import { decodeWords, startSmtpServer, type TestSmtpServer, trust } from '../support/smtp-server.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serverWith(options: Parameters<typeof startSmtpServer>[0] = {}): Promise<TestSmtpServer> {
  const server = await startSmtpServer(options);
  open.push(server);
  return server;
}

/** What an operator's URL gives. */
function serverAt(url: string): SmtpServer {
  const read = readSmtpUrl(url);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

function transportTo(url: string, trusted: object = trust): MailTransport {
  const transport = createSmtpTransport(serverAt(url), 'id.example.com', trusted);
  open.push(transport);
  return transport;
}

const mail = {
  to: 'ada@example.com',
  subject: 'Set a new password — Grüße',
  paragraphs: ['Somebody asked for a new password for “Ada <ada@example.com>”.', 'It is for you & nobody else.'],
  action: { label: 'Set a new password', url: 'https://id.example.com/reset?token=lkl_a-b_c&x=%3D' },
  notes: ['The link works for an hour.'],
};
const letter = (given: Partial<typeof mail> = {}, more: Partial<Letter> = {}): Letter => ({
  messageId: '<mdl_1@id.example.com>',
  from: { name: 'Example, Inc.', address: 'no-reply@id.example.com' },
  to: given.to ?? mail.to,
  date: new Date('2026-06-01T12:00:00Z'),
  ...renderMail({ ...mail, ...given }),
  ...more,
});

/** What a message that is not taken throws. */
async function failure(sending: Promise<void>): Promise<MailError> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MailError)) throw new Error(`No MailError: ${String(error)}`);
  return error;
}

test('a message arrives with both its parts, from its sender, for its one receiver', async () => {
  const server = await serverWith();
  await transportTo(`smtp://localhost:${server.port}`).send(letter());
  const [got, ...more] = server.received;
  expect(more).toEqual([]);
  expect(got).toMatchObject({ from: 'no-reply@id.example.com', to: ['ada@example.com'], secure: true });
  const header = (name: string) => got?.headers.get(name)?.map(decodeWords);
  expect(header('from')).toEqual(['"Example, Inc." <no-reply@id.example.com>']);
  expect(header('to')).toEqual(['ada@example.com']);
  expect(header('subject')).toEqual([mail.subject]);
  expect(header('message-id')).toEqual(['<mdl_1@id.example.com>']);
  expect(header('date')).toEqual(['Mon, 01 Jun 2026 12:00:00 +0000']);
  expect(header('auto-submitted')).toEqual(['auto-generated']);
  expect(got?.text).toBe(letter().text.trimEnd());
  expect(got?.html).toBe(letter().html.trimEnd());
  expect(got?.text).toContain(mail.action.url);
});

test('several messages go over connections that are used again', async () => {
  let connections = 0;
  const server = await serverWith({
    onConnect(_session, done) {
      connections += 1;
      done();
    },
  });
  const transport = transportTo(`smtp://localhost:${server.port}`);
  for (let index = 0; index < 6; index += 1) await transport.send(letter());
  expect([server.received.length, connections]).toEqual([6, 1]);
});

describe('no header can be injected', () => {
  const hostile =
    'Hello\r\nBcc: eve@evil.example\r\n\r\nOwned\u2028Bcc: eve@evil.example\n.\nRCPT TO:<eve@evil.example>';

  test('through a subject, which stays one line', async () => {
    const server = await serverWith();
    await transportTo(`smtp://localhost:${server.port}`).send(letter({ subject: hostile }));
    const [got] = server.received;
    expect(got?.headers.get('bcc')).toBeUndefined();
    expect(got?.to).toEqual(['ada@example.com']);
    expect(got?.headers.get('subject')).toHaveLength(1);
    expect(decodeWords(got?.headers.get('subject')?.[0] ?? '')).toBe(
      'Hello Bcc: eve@evil.example Owned Bcc: eve@evil.example . RCPT TO:<eve@evil.example>',
    );
    expect(got?.text).toBe(letter().text.trimEnd());
  });

  test('through a sender’s name', async () => {
    const server = await serverWith();
    const from = { name: hostile, address: 'no-reply@id.example.com' };
    await transportTo(`smtp://localhost:${server.port}`).send(letter({}, { from }));
    const [got] = server.received;
    expect(got?.headers.get('bcc')).toBeUndefined();
    expect([got?.from, got?.to]).toEqual(['no-reply@id.example.com', ['ada@example.com']]);
  });

  test.each([
    'ada@example.com, eve@evil.example',
    'ada@example.com\r\nBcc: eve@evil.example',
    'ada@example.com>\r\nRCPT TO:<eve@evil.example',
    'Ada <ada@example.com>',
    'group: ada@example.com, eve@evil.example;',
    '',
  ])('through a receiver: %j is none, for good', async (to) => {
    const server = await serverWith();
    const error = await failure(transportTo(`smtp://localhost:${server.port}`).send(letter({}, { to })));
    expect(error.isFinal).toBe(true);
    expect(server.received).toEqual([]);
  });
});

describe('TLS', () => {
  test('is begun before the password is sent', async () => {
    const server = await serverWith({ user: 'me@example.com', password: 'p@ss:w/rd%' });
    await transportTo(`smtp://me%40example.com:p%40ss%3Aw%2Frd%25@localhost:${server.port}`).send(letter());
    expect(server.received).toMatchObject([{ secure: true, user: 'me@example.com' }]);
  });

  test('is from the start with smtps', async () => {
    const server = await serverWith({ secure: true, user: 'me', password: 'a password' });
    await transportTo(`smtps://me:a%20password@localhost:${server.port}`).send(letter());
    expect(server.received).toMatchObject([{ secure: true, user: 'me' }]);
  });

  test.each(['smtp', 'smtps'])(
    'with a certificate that nobody trusts is refused, and no password sent (%s)',
    async (scheme) => {
      const server = await serverWith({ secure: scheme === 'smtps', user: 'me', password: 'hunter2' });
      const error = await failure(transportTo(`${scheme}://me:hunter2@localhost:${server.port}`, {}).send(letter()));
      expect([error.isFinal, server.logins, server.received]).toEqual([false, [], []]);
      expect(error.message).toMatch(/self-signed certificate/);
      expect(error.message).not.toContain('hunter2');
    },
  );

  test('with a certificate for another name is refused', async () => {
    const server = await serverWith();
    const error = await failure(transportTo(`smtp://127.0.0.1:${server.port}`).send(letter()));
    expect([error.isFinal, server.received]).toEqual([false, []]);
  });

  test('is not done without when the environment switches the check of certificates off', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      const server = await serverWith();
      await failure(transportTo(`smtp://localhost:${server.port}`, {}).send(letter()));
      expect(server.received).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('is required of a server elsewhere: one that offers none gets no message (stripped STARTTLS)', async () => {
    const server = await serverWith({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const elsewhere = { ...serverAt('smtp://mail.example.com'), host: 'localhost', port: server.port };
    expect(elsewhere.tls).toBe('required');
    const transport = createSmtpTransport(elsewhere, 'id.example.com', trust);
    open.push(transport);
    expect((await failure(transport.send(letter()))).isFinal).toBe(false);
    expect(server.received).toEqual([]);
  });

  test('is not needed on this computer, nor with ?tls=off', async () => {
    const server = await serverWith({ disabledCommands: ['AUTH', 'STARTTLS'] });
    await transportTo(`smtp://127.0.0.1:${server.port}`).send(letter());
    const offering = await serverWith();
    await transportTo(`smtp://127.0.0.1:${offering.port}?tls=off`, {}).send(letter());
    expect([server.received, offering.received]).toMatchObject([[{ secure: false }], [{ secure: false }]]);
  });
});

describe('a refusal', () => {
  const link = 'https://id.example.com/reset?token=lkl_secret';

  test.each([
    ['rcptTo', 550, true, /answered RCPT TO with 550\./],
    ['rcptTo', 450, false, /answered RCPT TO with 450\./],
    ['data', 554, true, /answered DATA with 554\./],
    ['data', 451, false, /answered DATA with 451\./],
    ['mailFrom', 550, false, /answered MAIL FROM with 550\./],
  ] as const)('at %s with %i is final: %s', async (at, status, isFinal, message) => {
    const server = await serverWith();
    // As filters do that look at links.
    server.behaviour.refuse = { at, status, message: `${link} for ada@example.com is listed` };
    const error = await failure(transportTo(`smtp://localhost:${server.port}`).send(letter()));
    expect(error.isFinal).toBe(isFinal);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/token|ada@/);
    expect(error.cause).toBeUndefined();
  });

  test('of our password waits for the operator, and does not repeat it', async () => {
    const server = await serverWith({ user: 'me', password: 'right' });
    const error = await failure(transportTo(`smtp://me:hunter2@localhost:${server.port}`).send(letter()));
    expect([error.isFinal, server.logins]).toEqual([false, ['me hunter2']]);
    expect(error.message).toBe('The SMTP server answered AUTH with 535.');
  });
});

test('a server that is not there is no refusal', async () => {
  const server = await serverWith();
  await server.close();
  open.length = 0;
  const error = await failure(transportTo(`smtp://me:hunter2@localhost:${server.port}`).send(letter()));
  expect(error.isFinal).toBe(false);
  expect(error.message).toMatch(/ECONNREFUSED/);
  expect(error.message).not.toContain('hunter2');
});

test('a server that never says yes is left after 30 seconds', async () => {
  const server = await serverWith();
  let release: () => void = () => {};
  server.behaviour.hold = new Promise((resolve) => {
    release = resolve;
  });
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const asked: number[] = [];
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    asked.push(milliseconds);
    return timeout(milliseconds / 100);
  });
  try {
    const error = await failure(transportTo(`smtp://localhost:${server.port}`).send(letter()));
    expect([asked, error.isFinal]).toEqual([[30_000], false]);
    expect(error.message).toBe('The SMTP server was not done within 30 seconds.');
  } finally {
    spy.mockRestore();
    release();
  }
});
