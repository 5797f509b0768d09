// What a database URL may be, and what is said of one that may not be: never the URL itself.
import { describe, expect, test } from 'vitest';
import { faultOfDatabaseUrl } from '../../src/config/database-url.js';

const kinds = 'must begin with file: (SQLite) or postgresql:// (PostgreSQL)';
const unreadable =
  'cannot be read; it names one host, and characters such as @ / # % in a password must be percent-encoded';

test.each([
  ['file:', 'must name a file after file:, such as file:./data/latchkey.db'],
  ['file: ', 'must name a file after file:, such as file:./data/latchkey.db'],
  [`'postgresql://me@localhost/latchkey'`, `${kinds}, without quotation marks around it`],
  ['"file:./data/latchkey.db"', `${kinds}, without quotation marks around it`],
  ['“file:./data/latchkey.db”', `${kinds}, without quotation marks around it`],
  ['mysql://localhost/latchkey', kinds],
  ['localhost/latchkey', kinds],
])('%s is answered with what it lacks', (url, fault) => {
  expect(faultOfDatabaseUrl(url)).toBe(fault);
});

test('file:./data/latchkey.db is fine', () => {
  expect(faultOfDatabaseUrl('file:./data/latchkey.db')).toBeNull();
});

describe('a PostgreSQL URL', () => {
  test.each([
    'postgresql://localhost/latchkey',
    'postgresql://me:p%40ss@[::1]:5433/latchkey?pgbouncer=true&statement_timeout=2000',
    'postgres://me@/latchkey?host=/run/postgresql',
    'postgresql:///latchkey?schema=public',
    'postgresql://localhost/latch%40key?user=me@example.com',
    'postgresql://localhost/latchkey?sslmode=verify-full&sslrootcert=/etc/latchkey/db-ca.pem',
    'postgresql://localhost/latchkey?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/etc/latchkey/db-ca.pem',
    ...['verify-ca', 'require', 'prefer', 'no-verify', 'disable', ''].map(
      (mode) => `postgresql://localhost/latchkey?sslmode=${mode}`,
    ),
  ])('%s is fine', (url) => {
    expect(faultOfDatabaseUrl(url)).toBeNull();
  });

  test.each([
    'postgresql://me@localhost:5432/',
    'postgresql://me@localhost:5432',
    'postgresql://localhost?sslmode=require',
    'postgres:///?host=/run/postgresql',
  ])('%s names no database, so the server would choose one', (url) => {
    expect(faultOfDatabaseUrl(url)).toBe(
      'must name a database after the host, such as postgresql://latchkey@localhost:5432/latchkey (PGDATABASE is not read)',
    );
  });

  test.each(['verify', 'allow', 'VERIFY-FULL', 'true'])('sslmode=%s is not understood', (mode) => {
    expect(faultOfDatabaseUrl(`postgresql://localhost/latchkey?sslmode=${mode}`)).toBe(
      'has an sslmode that is not known: it can be verify-full, verify-ca, require, prefer, no-verify or disable',
    );
  });

  test('that checks a certificate against an authority of its own names it', () => {
    expect(faultOfDatabaseUrl('postgresql://localhost/x?uselibpqcompat=true&sslmode=verify-ca')).toBe(
      'has sslmode=verify-ca, which needs the authority: add sslrootcert=/path/to/ca.pem',
    );
  });

  test.each(['hunter/2', '12/3', 'a@b/c', 'a@b/c?d', 'a@b#c', 'a@b?c', 'a#b', '#', '?'])(
    'that has %s as its password says what is likely, and not the password',
    (password) => {
      expect(faultOfDatabaseUrl(`postgresql://me:${password}@localhost/latchkey`)).toBe(unreadable);
    },
  );
});
