// Settings: what an environment gives, all its faults at once, and that the README lists just what there is.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { settings } from '../src/config/settings.js';
import { ConfigError, loadConfig } from '../src/config.js';

const secret = 'a secret of at least thirty-two bytes';

function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('an empty environment gives the defaults', () => {
  expect(loadConfig({})).toEqual({
    port: 4000,
    host: '127.0.0.1',
    issuer: 'http://localhost:4000',
    tls: null,
    databaseUrl: 'file:./data/latchkey.db',
    databasePool: 10,
    workers: 1,
    secrets: [],
    accountName: 'My organization',
    ownerEmail: 'owner@example.com',
    ownerPassword: undefined,
    smtp: null,
    mailFrom: { name: 'Latchkey', address: 'no-reply@localhost' },
    corsOrigins: [],
    trustedProxies: 0,
    redisUrl: null,
    rateLimitFactor: 1,
    outboundAllow: [],
    maxInFlight: 1000,
    graphqlPointsPerMinute: 50_000_000,
    refreshGraceSeconds: 30,
    auditRetentionDays: 0,
    stopDelaySeconds: 0,
    logLevel: 'info',
  });
});

test('an empty variable counts as absent', () => {
  const empty = Object.fromEntries(settings.map(({ name }) => [name, '']));
  expect(loadConfig(empty)).toEqual(loadConfig({}));
});

test('every setting is read', () => {
  const given = {
    PORT: '8080',
    HOST: '0.0.0.0',
    LATCHKEY_ISSUER: 'https://id.example.com',
    LATCHKEY_TLS_CERT: '/etc/latchkey/cert.pem',
    LATCHKEY_TLS_KEY: '/etc/latchkey/key.pem',
    DATABASE_URL: 'postgresql://user:password@host/database',
    LATCHKEY_DATABASE_POOL: '25',
    LATCHKEY_WORKERS: '4',
    LATCHKEY_SECRET: `${secret}, another ${secret}`,
    LATCHKEY_ACCOUNT_NAME: 'Example Ltd',
    LATCHKEY_OWNER_EMAIL: 'me@example.com',
    LATCHKEY_OWNER_PASSWORD: 'correct horse battery',
    LATCHKEY_SMTP_URL: 'smtps://me:password@smtp.example.com',
    LATCHKEY_MAIL_FROM: 'Example <hello@example.com>',
    LATCHKEY_CORS_ORIGINS: 'https://a.example.com, https://b.example.com:8443',
    LATCHKEY_TRUSTED_PROXIES: '2',
    LATCHKEY_REDIS_URL: 'rediss://me:password@redis.example.com:6380/1',
    LATCHKEY_RATE_LIMIT_FACTOR: '2.5',
    LATCHKEY_OUTBOUND_ALLOW: 'keys.internal.example:8443, 10.0.0.7:80,[fd00::7]:443',
    LATCHKEY_MAX_IN_FLIGHT: '500',
    LATCHKEY_GRAPHQL_POINTS_PER_MINUTE: '9000',
    LATCHKEY_REFRESH_GRACE_SECONDS: '0',
    LATCHKEY_AUDIT_RETENTION_DAYS: '365',
    LATCHKEY_STOP_DELAY_SECONDS: '15',
    LATCHKEY_LOG_LEVEL: 'warn',
  };
  expect(Object.keys(given).sort()).toEqual(settings.map(({ name }) => name).sort());
  expect(loadConfig(given)).toEqual({
    port: 8080,
    host: '0.0.0.0',
    issuer: 'https://id.example.com',
    tls: { certificateFile: '/etc/latchkey/cert.pem', keyFile: '/etc/latchkey/key.pem' },
    databasePool: 25,
    workers: 4,
    databaseUrl: given.DATABASE_URL,
    secrets: [secret, `another ${secret}`],
    accountName: 'Example Ltd',
    ownerEmail: 'me@example.com',
    ownerPassword: 'correct horse battery',
    smtp: { host: 'smtp.example.com', port: 465, tls: 'implicit', user: 'me', password: 'password' },
    mailFrom: { name: 'Example', address: 'hello@example.com' },
    corsOrigins: ['https://a.example.com', 'https://b.example.com:8443'],
    trustedProxies: 2,
    redisUrl: given.LATCHKEY_REDIS_URL,
    rateLimitFactor: 2.5,
    outboundAllow: ['keys.internal.example:8443', '10.0.0.7:80', '[fd00::7]:443'],
    maxInFlight: 500,
    graphqlPointsPerMinute: 9000,
    refreshGraceSeconds: 0,
    auditRetentionDays: 365,
    stopDelaySeconds: 15,
    logLevel: 'warn',
  });
});

test('the issuer follows the port when it is not given', () => {
  expect(loadConfig({ PORT: '5000' }).issuer).toBe('http://localhost:5000');
});

describe('faults', () => {
  test('come all at once, a line for each, with its variable', () => {
    const environment = {
      PORT: 'four thousand',
      LATCHKEY_ISSUER: 'http://id.example.com/',
      DATABASE_URL: 'mysql://host/database',
      LATCHKEY_DATABASE_POOL: '0',
      LATCHKEY_WORKERS: '65',
      LATCHKEY_SECRET: 'short',
      LATCHKEY_SMTP_URL: 'smtp.example.com',
      LATCHKEY_MAIL_FROM: 'Latchkey',
      LATCHKEY_CORS_ORIGINS: 'https://a.example.com/, *',
      LATCHKEY_TRUSTED_PROXIES: '-1',
      LATCHKEY_REDIS_URL: 'redis.example.com:6379',
      LATCHKEY_RATE_LIMIT_FACTOR: '-1',
      LATCHKEY_OUTBOUND_ALLOW: 'https://keys.example.com',
      LATCHKEY_REFRESH_GRACE_SECONDS: '301',
      LATCHKEY_AUDIT_RETENTION_DAYS: '-1',
      LATCHKEY_LOG_LEVEL: 'loud',
      LATCHKEY_ISUER: 'https://id.example.com',
    };
    const faults = faultsOf(environment);
    for (const name of Object.keys(environment)) {
      expect(faults.some((fault) => fault.startsWith(`${name} `))).toBe(true);
    }
    expect(() => loadConfig(environment)).toThrow(new RegExp(`has ${faults.length} faults:\n( {2}.+\n?)+`));
    expect(() => loadConfig({ PORT: '0' })).toThrow('has a fault:\n  PORT must be from 1 to 65535');
  });

  test('name the levels of the log', () => {
    const fault = 'LATCHKEY_LOG_LEVEL must be trace, debug, info, warn, error or silent';
    expect(faultsOf({ LATCHKEY_LOG_LEVEL: 'verbose' })).toEqual([fault]);
  });

  test('name a misspelt LATCHKEY_ variable, and leave those of others alone', () => {
    expect(faultsOf({ LATCHKEY_OWNERS_EMAIL: 'x' })).toEqual([expect.stringContaining('LATCHKEY_OWNERS_EMAIL is not')]);
    expect(faultsOf({ PATH: '/bin', DATABASE: 'x', LATCHKEY_VERBOSE: '1', latchkey_secret: 'x' })).toEqual([]);
    expect(faultsOf({ LATCHKEY_ANYTHING: undefined })).toEqual([]);
  });

  test.each(['DATABSE_URL', 'DATABSAE_URL', 'DATABASEURL', 'DATABASE_URLS', 'DATABASE_URI', 'DATABASE_UR'])(
    'name %s, by which DATABASE_URL was meant, unless that is set as well',
    (name) => {
      const url = 'file:/srv/latchkey.db';
      expect(faultsOf({ [name]: url })).toEqual([
        `${name} is not a setting: call it DATABASE_URL, or set that as well if this one is another program's`,
      ]);
      expect(faultsOf({ [name]: 'postgres://me:hunter2@host/x', DATABASE_URL: '' }).join()).not.toMatch(/hunter/);
      expect(faultsOf({ [name]: url, DATABASE_URL: url })).toEqual([]);
    },
  );

  test('leave alone what is like DATABASE_URL and means something else', () => {
    const others = {
      DATABASE_SSL: 'true',
      DATABASE_USER: 'me',
      DATABASE_URI: 'mysql://host/x',
      database_url: 'file:x',
    };
    expect(faultsOf({ ...others, TEST_DATABASE_URL: 'postgresql://host/x', DATABASE_URLS: '' })).toEqual([]);
  });

  test('never hold a secret or a password', () => {
    const addresses = { DATABASE_URL: 'mysql://me:hunter3@host/x', LATCHKEY_REDIS_URL: 'redis://:hunter4@host/x' };
    const text = faultsOf({ LATCHKEY_SECRET: 'hunter2', ...addresses, PORT: 'x' }).join();
    expect(text).not.toMatch(/hunter/);
  });

  test.each(['postgresql://host/database', 'postgres://host/database'])('%s needs LATCHKEY_SECRET', (DATABASE_URL) => {
    expect(faultsOf({ DATABASE_URL })).toEqual([expect.stringMatching(/^LATCHKEY_SECRET is required with PostgreSQL/)]);
    expect(faultsOf({ DATABASE_URL, PORT: 'x' })).toHaveLength(2);
    expect(faultsOf({ DATABASE_URL, LATCHKEY_SECRET: secret })).toEqual([]);
  });

  test.each([`${'x'.repeat(31)}`, `${secret},short`, `${secret},`, ' '.repeat(40)])(
    'the secret %j is too short',
    (text) => {
      expect(faultsOf({ LATCHKEY_SECRET: text })).toEqual([
        expect.stringMatching(/^LATCHKEY_SECRET must be .*32 bytes/),
      ]);
    },
  );

  test('a secret is counted in bytes, not in characters', () => {
    expect(loadConfig({ LATCHKEY_SECRET: 'é'.repeat(16) }).secrets).toHaveLength(1);
  });

  test.each(['0', '65536', '4000.5', '1e3', '+1', ' 80', '０'])('%j is no port', (PORT) => {
    expect(faultsOf({ PORT })).toEqual([expect.stringMatching(/^PORT must be/)]);
  });
});

test.each([
  'keys.example.com',
  'https://keys.example.com:443',
  'keys.example.com:443/path',
  'me@keys.example.com:443',
  'KEYS.example.com:443',
  'keys.example.com:0',
  'keys.example.com:65536',
  '*:443',
  '*.example.com:443',
  '127.1:8080',
  '::1:8080',
  '10.0.0.0/8:443',
  ':443',
])('%s is no server that calls out may be allowed', (text) => {
  expect(faultsOf({ LATCHKEY_OUTBOUND_ALLOW: `keys.example.com:443,${text}` })).toEqual([
    `LATCHKEY_OUTBOUND_ALLOW ${text} is not host:port, such as keys.internal.example:8443`,
  ]);
});

test.each(['1', '10.0.0.0/8', '127.0.0.1, ::1,fd00::/8'])('%j are proxies to trust', (text) => {
  expect(faultsOf({ LATCHKEY_TRUSTED_PROXIES: text })).toEqual([]);
});

test.each(['11', '10.0.0.0/33', '::1/129', 'proxy.example.com', '10.0.0.1,', '10.0.0', 'fe80::1%eth0', '0.5'])(
  '%j are no proxies to trust',
  (text) => {
    expect(faultsOf({ LATCHKEY_TRUSTED_PROXIES: text })).toEqual([expect.stringMatching(/^LATCHKEY_TRUSTED_PROXIES /)]);
  },
);

test.each(['http://redis.example.com', 'redis://', 'redis://host/name', 'redis:host'])('%j is no Redis', (text) => {
  expect(faultsOf({ LATCHKEY_REDIS_URL: text })).toEqual([expect.stringMatching(/^LATCHKEY_REDIS_URL must be/)]);
});

test.each(['1e3', 'off', '-1', '1.', '1000001'])('%j is no factor for limits', (text) => {
  expect(faultsOf({ LATCHKEY_RATE_LIMIT_FACTOR: text })).toEqual([
    'LATCHKEY_RATE_LIMIT_FACTOR must be a number from 0 to 1000000, such as 1 or 0.5',
  ]);
});

test.each(['0', '65', '-1', '2.5', 'four', 'AUTO'])('%j is no number of workers', (text) => {
  expect(faultsOf({ LATCHKEY_WORKERS: text })).toEqual([
    expect.stringMatching(/^LATCHKEY_WORKERS must be (a whole number )?from 1 to 64/),
  ]);
});

test('workers are more than one on PostgreSQL only, and auto chooses rightly on both', () => {
  const postgresql = { DATABASE_URL: 'postgresql://user:password@host/database', LATCHKEY_SECRET: secret };
  const workers = (given: Record<string, string>) => loadConfig(given).workers;
  expect(workers({ ...postgresql, LATCHKEY_WORKERS: 'auto' })).toBe(Math.min(64, availableParallelism()));
  expect(workers({ ...postgresql, LATCHKEY_WORKERS: '64' })).toBe(64);
  expect([workers({ LATCHKEY_WORKERS: 'auto' }), workers({ LATCHKEY_WORKERS: '1' })]).toEqual([1, 1]);
  expect(faultsOf({ LATCHKEY_WORKERS: '2', DATABASE_URL: 'file:./data/x.db' })).toEqual([
    expect.stringMatching(/^LATCHKEY_WORKERS needs PostgreSQL when it is more than 1, /),
  ]);
});

describe('an issuer', () => {
  test.each([
    'https://id.example.com',
    'https://id.example.com:8443',
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
    'http://latchkey.localhost:4000',
  ])('%s is fine', (issuer) => {
    expect(loadConfig({ LATCHKEY_ISSUER: issuer }).issuer).toBe(issuer);
  });

  test.each([
    ['id.example.com', 'absolute URL'],
    ['https://', 'absolute URL'],
    ['https://id.example.com/', 'no path'],
    ['https://id.example.com/realm', 'no path'],
    ['https://id.example.com?x=1', 'no path'],
    ['https://id.example.com#x', 'no path'],
    ['https://me@id.example.com', 'no path'],
    ['https://ID.example.com', 'no path'],
    ['https://id.example.com:443', 'no path'],
    ['http://id.example.com', 'https'],
    ['http://127.0.0.1.example.com', 'https'],
    ['http://localhost.example.com', 'https'],
    ['http://192.168.0.1', 'https'],
    ['ftp://localhost', 'https'],
  ])('%s is refused: %s', (issuer, reason) => {
    expect(faultsOf({ LATCHKEY_ISSUER: issuer })).toEqual([expect.stringMatching(`^LATCHKEY_ISSUER must .*${reason}`)]);
  });
});

test('the README’s table lists every setting, as it is', () => {
  const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith('Settings\n')) ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [header, ruler, ...lines] = rows;
  expect(header).toEqual(['Variable', 'Default', 'Unit', 'Reason']);
  expect(ruler?.every((cell) => /^:?-+:?$/.test(cell))).toBe(true);
  expect(lines).toEqual(settings.map(({ name, fallback, unit, reason }) => [`\`${name}\``, fallback, unit, reason]));
});
