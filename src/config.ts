// Every setting, read and checked once at start. What each is for is config/settings.ts's. Beside these only what Node and its
// packages know is read elsewhere, such as NODE_ENV and UV_THREADPOOL_SIZE.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { faultOfDatabaseUrl } from './config/database-url.js';
import { defaultSender, type MailSender, mailSender, type SmtpServer, smtpUrl } from './config/mail.js';
import { faultsOfMisspelt } from './config/misspelt.js';
import { rateLimitFactor, redisUrl, type TrustedProxies, trustedProxies } from './config/network.js';
import { settings } from './config/settings.js';
import { isLoopbackHost } from './lib/loopback.js';
import { parseUrl } from './lib/url.js';

const minimumSecretBytes = 32;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

function faultOfIssuer(text: string): string | null {
  const url = parseUrl(text);
  if (url === null) return 'must be an absolute URL, such as https://id.example.com';
  if (url.origin !== text)
    return 'must have no path, query, fragment or trailing slash, such as https://id.example.com';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))) return null;
  return 'must use https, or be http on localhost, 127.0.0.1 or [::1]';
}

const origin = z.string().superRefine((text, context) => {
  const fault = faultOfIssuer(text);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

const databaseUrl = z.string().superRefine((text, context) => {
  const fault = faultOfDatabaseUrl(text);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

const secrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine(
    (list) => list.every((secret) => Buffer.byteLength(secret, 'utf8') >= minimumSecretBytes),
    `must be a comma list of secrets of at least ${minimumSecretBytes} bytes each; openssl rand -base64 32 makes one`,
  );

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean),
);

const origins = commaList.superRefine((list, context) => {
  for (const text of list) {
    if (parseUrl(text)?.origin !== text) {
      context.addIssue({ code: 'custom', message: `${text} is not an origin, such as https://console.example.com` });
    }
  }
});

const hosts = commaList.superRefine((list, context) => {
  for (const text of list) {
    const [, host = '', port = ''] = /^(.+):([1-9]\d{0,4})$/.exec(text) ?? [];
    // As the URL parser writes it: it is compared with what that makes of an address.
    const isHost = !host.includes('*') && parseUrl(`http://${host}`)?.hostname === host;
    if (!isHost || Number(port) > 65535) {
      context.addIssue({ code: 'custom', message: `${text} is not host:port, such as keys.internal.example:8443` });
    }
  }
});

const workers = z.union(
  [z.literal('auto'), wholeNumber(1, 64)],
  'must be a whole number from 1 to 64, or auto for as many as there are cores',
);

const schema = z.object({
  PORT: wholeNumber(1, 65535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  LATCHKEY_ISSUER: origin.optional(),
  LATCHKEY_TLS_CERT: z.string().optional(),
  LATCHKEY_TLS_KEY: z.string().optional(),
  DATABASE_URL: databaseUrl.default('file:./data/latchkey.db'),
  LATCHKEY_DATABASE_POOL: wholeNumber(1, 1000).default(10),
  LATCHKEY_WORKERS: workers.default(1),
  LATCHKEY_SECRET: secrets.optional(),
  LATCHKEY_ACCOUNT_NAME: z.string().default('My organization'),
  LATCHKEY_OWNER_EMAIL: z.string().default('owner@example.com'),
  LATCHKEY_OWNER_PASSWORD: z.string().optional(),
  LATCHKEY_SMTP_URL: smtpUrl.optional(),
  LATCHKEY_MAIL_FROM: mailSender.optional(),
  LATCHKEY_CORS_ORIGINS: origins.default([]),
  LATCHKEY_TRUSTED_PROXIES: trustedProxies.default(0),
  LATCHKEY_REDIS_URL: redisUrl.optional(),
  LATCHKEY_RATE_LIMIT_FACTOR: rateLimitFactor.default(1),
  LATCHKEY_OUTBOUND_ALLOW: hosts.default([]),
  LATCHKEY_REFRESH_GRACE_SECONDS: wholeNumber(0, 300).default(30),
  LATCHKEY_MAX_IN_FLIGHT: wholeNumber(1, 1_000_000).default(1000),
  LATCHKEY_GRAPHQL_POINTS_PER_MINUTE: wholeNumber(1000, 1_000_000_000).default(50_000_000),
  LATCHKEY_AUDIT_RETENTION_DAYS: wholeNumber(0, 36_500).default(0),
  LATCHKEY_STOP_DELAY_SECONDS: wholeNumber(0, 300).default(0),
  LATCHKEY_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'must be trace, debug, info, warn, error or silent')
    .default('info'),
});

/** The settings as the program uses them. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** An origin: no path, no trailing slash. */
  readonly issuer: string;
  /** The paths of a certificate and its key; null to speak http. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  readonly databaseUrl: string;
  /** The most connections to PostgreSQL that one process opens. */
  readonly databasePool: number;
  /** How many processes serve. With 1 it is the one that was started. */
  readonly workers: number;
  /** The first writes, all read. Empty where none is set: a SQLite installation makes its own (secrets.ts). */
  readonly secrets: readonly string[];
  readonly accountName: string;
  readonly ownerEmail: string;
  readonly ownerPassword: string | undefined;
  /** The server that takes e-mail; null when there is none. */
  readonly smtp: SmtpServer | null;
  readonly mailFrom: MailSender;
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: TrustedProxies;
  /** Where failed attempts are counted; null to do it in the database. Has a password. */
  readonly redisUrl: string | null;
  /** What the limits of requests are multiplied by; 0 switches them off. */
  readonly rateLimitFactor: number;
  /** host:port, which calls out may reach by http and on a private address. */
  readonly outboundAllow: readonly string[];
  readonly refreshGraceSeconds: number;
  /** How many requests one process has under way at most. */
  readonly maxInFlight: number;
  readonly graphqlPointsPerMinute: number;
  /** 0 keeps all entries. */
  readonly auditRetentionDays: number;
  readonly stopDelaySeconds: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** One or more settings are wrong; `faults` has a line for each. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Settings of TLS that do not go together. */
function faultsOfTls(given: Readonly<Record<string, string | undefined>>): string[] {
  const { LATCHKEY_TLS_CERT: certificate, LATCHKEY_TLS_KEY: key, LATCHKEY_ISSUER: issuer } = given;
  if ((certificate === undefined) !== (key === undefined))
    return ['LATCHKEY_TLS_CERT and LATCHKEY_TLS_KEY go together: name both files, or neither'];
  return certificate !== undefined && !issuer?.startsWith('https://')
    ? ['LATCHKEY_TLS_CERT needs LATCHKEY_ISSUER to be the https address that the certificate is for']
    : [];
}

function faultsOfWorkers({
  DATABASE_URL: url = '',
  LATCHKEY_WORKERS: count,
}: Readonly<Record<string, string | undefined>>) {
  // One process writes a SQLite file at a time: more of them would only wait for each other.
  return /^0*([2-9]|[1-5]\d|6[0-4])$/.test(count ?? '') && !/^postgres/.test(url)
    ? [
        'LATCHKEY_WORKERS needs PostgreSQL when it is more than 1, since SQLite lets one process write at a time: set DATABASE_URL to postgresql://…, or LATCHKEY_WORKERS to 1 or auto',
      ]
    : [];
}

/** How many processes serve. Chosen for the operator, it is one on SQLite. */
function workersOf(wanted: number | 'auto', databaseUrl: string): number {
  if (wanted !== 'auto') return wanted;
  return databaseUrl.startsWith('file:') ? 1 : Math.min(64, availableParallelism());
}

/**
 * Reads the settings from an environment. An empty variable counts as absent.
 * @throws ConfigError with all faults at once
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  const faults = result.success ? [] : result.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`);
  for (const name of Object.keys(given)) {
    if (name.startsWith('LATCHKEY_') && !isKnown(name)) {
      faults.push(`${name} is not a setting; the README lists them all`);
    }
  }
  const url = given.DATABASE_URL ?? '';
  if (/^postgres/.test(url) && given.LATCHKEY_SECRET === undefined) {
    faults.push(
      'LATCHKEY_SECRET is required with PostgreSQL, the same for every process; openssl rand -base64 32 makes one',
    );
  }
  faults.push(...faultsOfMisspelt(given), ...faultsOfTls(given), ...faultsOfWorkers(given));
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  const values = result.data;
  const { LATCHKEY_TLS_CERT: certificateFile, LATCHKEY_TLS_KEY: keyFile } = values;
  const issuer = values.LATCHKEY_ISSUER ?? `http://localhost:${values.PORT}`;
  return {
    port: values.PORT,
    host: values.HOST,
    issuer,
    tls: certificateFile === undefined || keyFile === undefined ? null : { certificateFile, keyFile },
    databaseUrl: values.DATABASE_URL,
    databasePool: values.LATCHKEY_DATABASE_POOL,
    workers: workersOf(values.LATCHKEY_WORKERS, values.DATABASE_URL),
    secrets: values.LATCHKEY_SECRET ?? [],
    accountName: values.LATCHKEY_ACCOUNT_NAME,
    ownerEmail: values.LATCHKEY_OWNER_EMAIL,
    ownerPassword: values.LATCHKEY_OWNER_PASSWORD,
    smtp: values.LATCHKEY_SMTP_URL ?? null,
    mailFrom: values.LATCHKEY_MAIL_FROM ?? defaultSender(issuer),
    corsOrigins: values.LATCHKEY_CORS_ORIGINS,
    trustedProxies: values.LATCHKEY_TRUSTED_PROXIES,
    redisUrl: values.LATCHKEY_REDIS_URL ?? null,
    rateLimitFactor: values.LATCHKEY_RATE_LIMIT_FACTOR,
    outboundAllow: values.LATCHKEY_OUTBOUND_ALLOW,
    refreshGraceSeconds: values.LATCHKEY_REFRESH_GRACE_SECONDS,
    maxInFlight: values.LATCHKEY_MAX_IN_FLIGHT,
    graphqlPointsPerMinute: values.LATCHKEY_GRAPHQL_POINTS_PER_MINUTE,
    auditRetentionDays: values.LATCHKEY_AUDIT_RETENTION_DAYS,
    stopDelaySeconds: values.LATCHKEY_STOP_DELAY_SECONDS,
    logLevel: values.LATCHKEY_LOG_LEVEL,
  };
}

// Variables of our own scripts and tests, which share the prefix.
const otherVariables = ['LATCHKEY_VERBOSE', 'LATCHKEY_TEST_CHROMIUM'];

function isKnown(name: string): boolean {
  return otherVariables.includes(name) || settings.some((setting) => setting.name === name);
}
