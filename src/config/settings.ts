// Every setting as a table: its environment variable, default, unit and reason. The README's table is checked against it;
// how each is read is config.ts's.
interface Setting {
  readonly name: string;
  /** As the README shows it. */
  readonly fallback: string;
  readonly unit: string;
  readonly reason: string;
}

/** Every setting, in the order of the README's table. */
export const settings: readonly Setting[] = [
  {
    name: 'PORT',
    fallback: '4000',
    unit: 'TCP port',
    reason: 'Where the service listens.',
  },
  {
    name: 'HOST',
    fallback: '127.0.0.1',
    unit: 'address',
    reason: 'The address to listen on. Only this computer by default; put a TLS proxy in front for others.',
  },
  {
    name: 'LATCHKEY_ISSUER',
    fallback: 'http://localhost:$PORT',
    unit: 'origin',
    reason:
      'The public address, which is the OpenID Connect issuer. https, or http on loopback. Never taken from request headers.',
  },
  {
    name: 'LATCHKEY_TLS_CERT',
    fallback: '(none: http)',
    unit: 'path of a PEM file',
    reason:
      'The certificate with its chain, for https without a proxy in front. Needs LATCHKEY_TLS_KEY and an https issuer. A renewed file is used within a minute.',
  },
  {
    name: 'LATCHKEY_TLS_KEY',
    fallback: '(none: http)',
    unit: 'path of a PEM file',
    reason: 'The private key of that certificate, not encrypted.',
  },
  {
    name: 'DATABASE_URL',
    fallback: 'file:./data/latchkey.db',
    unit: 'URL',
    reason:
      'A SQLite file, or postgresql://user:password@host/database. Behind a pooler such as pgbouncer add ?pgbouncer=true.',
  },
  {
    name: 'LATCHKEY_DATABASE_POOL',
    fallback: '10',
    unit: 'connections, 1 to 1000',
    reason:
      'The most connections to PostgreSQL that each process opens: times LATCHKEY_WORKERS in all. SQLite has one always.',
  },
  {
    name: 'LATCHKEY_WORKERS',
    fallback: '1',
    unit: 'processes, 1 to 64, or auto',
    reason:
      'How many processes serve, behind one port: one for each core is most. auto is as many as there are cores. More than one needs PostgreSQL; auto is one on SQLite.',
  },
  {
    name: 'LATCHKEY_SECRET',
    fallback: 'generated on SQLite, required on PostgreSQL',
    unit: 'comma list, each at least 32 bytes',
    reason:
      'Encrypts signing keys and protects forms. The first one writes, all of them read, so that it can be changed (docs/operations.md tells how). On SQLite it is made at first start, in a file beside the database.',
  },
  {
    name: 'LATCHKEY_ACCOUNT_NAME',
    fallback: 'My organization',
    unit: '1 to 100 characters',
    reason:
      "The first account's name, which people read on consent pages and in messages. Read at first start only; updateAccount and accounts rename change it.",
  },
  {
    name: 'LATCHKEY_OWNER_EMAIL',
    fallback: 'owner@example.com',
    unit: 'e-mail address',
    reason: 'The first owner. Read at first start only.',
  },
  {
    name: 'LATCHKEY_OWNER_PASSWORD',
    fallback: 'generated and printed once',
    unit: '12 to 128 characters',
    reason: "The first owner's password. Read at first start only.",
  },
  {
    name: 'LATCHKEY_SMTP_URL',
    fallback: '(none: no e-mail)',
    unit: 'smtp:// or smtps:// URL',
    reason:
      'The server that takes e-mail, such as smtps://user:password@smtp.example.com. smtp:// changes to TLS before anything is said; only a server on this computer need not offer it, or one after whose port stands ?tls=off.',
  },
  {
    name: 'LATCHKEY_MAIL_FROM',
    fallback: "Latchkey, no-reply at the issuer's host",
    unit: 'e-mail address, with a name or without',
    reason:
      'Whom e-mail is from: an address, or a name and then the address in angle brackets. The SMTP server must let Latchkey send as it.',
  },
  {
    name: 'LATCHKEY_CORS_ORIGINS',
    fallback: '(none)',
    unit: 'comma list of origins',
    reason:
      'Browser apps on other origins that may call /graphql with a bearer token. Cookies are never accepted from them.',
  },
  {
    name: 'LATCHKEY_TRUSTED_PROXIES',
    fallback: '0',
    unit: 'number of proxies, or comma list of addresses and networks',
    reason:
      'The proxies in front, so that X-Forwarded-For can be believed that far for throttling and the audit log: how many, or where they are, such as 10.0.0.0/8, ::1.',
  },
  {
    name: 'LATCHKEY_REDIS_URL',
    fallback: '(none: in the database)',
    unit: 'redis:// or rediss:// URL',
    reason:
      'A Redis in which all processes count together, failed attempts above all, which takes that off the database. While it does not answer, each counts by itself.',
  },
  {
    name: 'LATCHKEY_RATE_LIMIT_FACTOR',
    fallback: '1',
    unit: 'number, 0 to 1000000',
    reason:
      'What the limits of requests are multiplied by (docs/operations.md lists them). 0 switches them off. How many failed attempts are allowed stays the same.',
  },
  {
    name: 'LATCHKEY_OUTBOUND_ALLOW',
    fallback: '(none)',
    unit: 'comma list of host:port',
    reason:
      'Servers that may be called although their address is private or they speak http: key sets, logos, logout notices. All others must be public and https.',
  },
  {
    name: 'LATCHKEY_REFRESH_GRACE_SECONDS',
    fallback: '30',
    unit: 'seconds, 0 to 300',
    reason:
      'How long a used refresh token gives the same successor again, so that a lost reply signs nobody out. 0 is off.',
  },
  {
    name: 'LATCHKEY_MAX_IN_FLIGHT',
    fallback: '1000',
    unit: 'requests, 1 to 1000000',
    reason:
      'How many requests one process has under way at most. More are answered 503 at once, so that those let in are answered soon.',
  },
  {
    name: 'LATCHKEY_GRAPHQL_POINTS_PER_MINUTE',
    fallback: '50000000',
    unit: 'points, 1000 to 1000000000',
    reason:
      'What one caller of the GraphQL API may spend in a minute: a guard against scripts gone wild. A field is a point, times the length of the lists it is in.',
  },
  {
    name: 'LATCHKEY_AUDIT_RETENTION_DAYS',
    fallback: '0',
    unit: 'days, 0 to 36500',
    reason: 'How long entries of the audit log are kept; older ones are deleted little by little. 0 keeps them all.',
  },
  {
    name: 'LATCHKEY_STOP_DELAY_SECONDS',
    fallback: '0',
    unit: 'seconds, 0 to 300',
    reason:
      'How long to go on serving after being told to stop, while /readyz already answers 503: the time that a load balancer needs to notice.',
  },
  {
    name: 'LATCHKEY_LOG_LEVEL',
    fallback: 'info',
    unit: 'trace, debug, info, warn, error or silent',
    reason: 'How much is logged, as JSON lines on standard error.',
  },
];
