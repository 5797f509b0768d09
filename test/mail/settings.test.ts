// The settings of e-mail: which server a URL names, over what, and whom messages are from.
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.js';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.faults, error.message];
    throw error;
  }
  return [];
}

describe('LATCHKEY_SMTP_URL', () => {
  test.each([
    ['smtp://mail.example.com', { port: 587, tls: 'required', user: undefined, password: undefined }],
    ['smtps://mail.example.com/', { port: 465, tls: 'implicit' }],
    ['smtp://MAIL.example.com:2525', { host: 'mail.example.com', port: 2525, tls: 'required' }],
    ['smtp://me%40example.com:p%3A%2F%25@mail.example.com', { user: 'me@example.com', password: 'p:/%' }],
    ['smtp://postfix:25?tls=off', { host: 'postfix', tls: 'off' }],
    ['smtp://localhost:1025', { tls: 'offered' }],
    ['smtp://[::1]:1025', { host: '::1', tls: 'offered' }],
    ['smtp://me:secret@127.0.0.1?tls=off', { tls: 'off', user: 'me', password: 'secret' }],
    ['smtps://[2001:db8::1]', { host: '2001:db8::1', tls: 'implicit' }],
  ])('%s is read', (LATCHKEY_SMTP_URL, expected) => {
    expect(loadConfig({ LATCHKEY_SMTP_URL }).smtp).toMatchObject(expected);
  });

  test.each([
    'mail.example.com',
    'smtp:mail.example.com',
    'http://mail.example.com',
    'smtp://',
    'smtp://me:hunter2@',
    'smtp://mail.example.com:0',
    'smtp://mail.example.com:65536',
    'smtp://mail.example.com/queue',
    'smtp://mail.example.com#here',
    'smtp://me:hunter2@mail.example.com?tls=no',
    'smtp://mail.example.com?rejectUnauthorized=false',
    'smtps://mail.example.com?tls=off',
    'smtp://me:hunter2@mail.example.com?tls=off',
    'smtp://me@mail.example.com',
    'smtp://:hunter2@mail.example.com',
    'smtp://me:hunter2%@mail.example.com',
    'smtp://mail%0d%0a.example.com',
  ])('%s is refused, without repeating it', (LATCHKEY_SMTP_URL) => {
    const faults = faultsOf({ LATCHKEY_SMTP_URL });
    expect(faults).toEqual([expect.stringMatching(/^LATCHKEY_SMTP_URL must/), expect.any(String)]);
    expect(faults.join()).not.toMatch(/hunter2|mail\.example/);
  });
});

describe('LATCHKEY_MAIL_FROM', () => {
  test.each([
    ['hello@example.com', { name: '', address: 'hello@example.com' }],
    [' Example, Inc. <hello@example.com> ', { name: 'Example, Inc.', address: 'hello@example.com' }],
    ['"Example: mail" <hello@example.com>', { name: 'Example: mail', address: 'hello@example.com' }],
    ['<hello@example.com>', { name: '', address: 'hello@example.com' }],
  ])('%j is read', (LATCHKEY_MAIL_FROM, expected) => {
    expect(loadConfig({ LATCHKEY_MAIL_FROM }).mailFrom).toEqual(expected);
  });

  test.each([
    'Example',
    'a@example.com, b@example.com',
    'Example <a@example.com> <b@example.com>',
    'Example <a@example.com',
    'Example\r\nBcc: eve@evil.example <a@example.com>',
    'Example <a@example.com>\r\nBcc: eve@evil.example',
  ])('%j is refused', (LATCHKEY_MAIL_FROM) => {
    expect(faultsOf({ LATCHKEY_MAIL_FROM })[0]).toMatch(/^LATCHKEY_MAIL_FROM must be an address/);
  });

  test.each([
    ['https://id.example.com:8443', 'no-reply@id.example.com'],
    ['http://127.0.0.1:4000', 'no-reply@localhost'],
    ['http://[::1]:4000', 'no-reply@localhost'],
  ])('is of the host of %s by default', (LATCHKEY_ISSUER, address) => {
    expect(loadConfig({ LATCHKEY_ISSUER }).mailFrom).toEqual({ name: 'Latchkey', address });
  });
});
