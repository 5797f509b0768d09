// Messages where no SMTP server is set: shown to whoever runs the service on their own computer, given up everywhere else.
import { describe, expect, test } from 'vitest';
import { createMailCourier } from '../../src/mail/courier.js';
import { type Mail, queueMail } from '../../src/mail/deliveries.js';
import { createMailTransport, mailWarning } from '../../src/mail/transport.js';
import { createTestApp } from '../support/app.js';
import { queuedMails } from '../support/mail.js';

const mail: Mail = {
  to: 'ada@example.com',
  memberId: null,
  subject: 'Set a new password',
  paragraphs: ['Somebody asked for it.'],
  action: { label: 'Set it', url: 'https://id.example.com/reset?token=lkl_a-secret-that-no-log-may-hold' },
};

describe('without an SMTP server', () => {
  const without = async (issuer: string) => {
    const here = await createTestApp({ issuer });
    const courier = createMailCourier(here.deps, createMailTransport(here.deps.config, here.deps.log));
    await here.db.$transaction((tx) => queueMail(tx, here.deps, mail));
    expect(await queuedMails(here)).toHaveLength(1);
    await courier.deliverDue();
    expect(await queuedMails(here)).toEqual([]);
    await here.close();
    return { text: here.logLines.join(''), warning: mailWarning(here.deps.config) };
  };

  test.each(['http://localhost:4000', 'http://127.0.0.1:4000', 'https://latchkey.localhost:8443'])(
    'a message is shown in the log of %s, which says why',
    async (issuer) => {
      const { text, warning } = await without(issuer);
      expect(text).toContain(mail.action?.url);
      expect(text).toMatch(/"level":40.*LATCHKEY_SMTP_URL is not set.*on a loopback issuer only/);
      expect(warning).toBeNull();
    },
  );

  test.each(['https://id.example.com', 'https://localhost.example.com'])(
    'a message for %s is given up, nothing of it is in the log, and the log and the start say what to set',
    async (issuer) => {
      const { text, warning } = await without(issuer);
      expect(text).not.toMatch(/lkl_|ada@example|Somebody asked/);
      expect(text).toMatch(/"level":40.*LATCHKEY_SMTP_URL is not set.*will not be/);
      expect(warning).toMatch(/^LATCHKEY_SMTP_URL is not set/);
    },
  );
});
