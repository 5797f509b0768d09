// The SQL that makes many rows of every kind in Latchkey's tables, in the words of either database. The database makes them by
// itself, so that a million clients with their members and tokens take minutes and not hours.
import { scope } from '../modes/shared.mjs';

// Before everything that is made while measuring, so that the driven rows come first in lists, as new ones do.
const beginning = Date.UTC(2026, 0, 1) / 1000;
const end = Date.UTC(2036, 0, 1) / 1000;

const dialects = {
  postgresql: {
    number: (length) => `lpad(i::text, ${length}, '0')`,
    moment: (seconds) => `to_timestamp(${seconds}) AT TIME ZONE 'UTC'`,
    series: (rows) => `generate_series(1, ${rows}) AS i`,
    hash: `encode(sha256(i::text::bytea), 'hex')`,
  },
  sqlite: {
    number: (length) => `printf('%0${length}d', i)`,
    // As Prisma's adapter writes moments with the format iso8601.
    moment: (seconds) => `strftime('%Y-%m-%dT%H:%M:%S', ${seconds}, 'unixepoch') || '.000+00:00'`,
    series: (rows) =>
      `(WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < ${rows}) SELECT i FROM series)`,
    hash: `printf('%064x', i * 7919)`,
  },
};

/**
 * @param {'postgresql' | 'sqlite'} provider
 * @param {number} rows how many clients, members and tokens
 * @param {string} accountId whose they are
 * @returns {string[]} statements, to be run in this order
 */
export function manyRows(provider, rows, accountId) {
  const { number, moment, series, hash } = dialects[provider];
  // Decimal digits are Crockford's too: an id of ours that sorts by i, and long before those that the service makes.
  const id = (prefix) => `'${prefix}_00${'0'.repeat(4)}' || ${number(20)}`;
  const account = `'${accountId}'`;
  const created = moment(`${beginning} + i`);
  const expires = moment(`${end}`);
  /** One row for each i; a column's name and what it holds. */
  const insert = (table, columns) =>
    `INSERT INTO "${table}" (${Object.keys(columns)
      .map((name) => `"${name}"`)
      .join(', ')}) SELECT ${Object.values(columns).join(', ')} FROM ${series(rows)}`;
  const dates = { createdAt: created, updatedAt: created };
  return [
    insert('Member', {
      id: id('mem'),
      accountId: account,
      email: `'person' || i || '@example.com'`,
      emailKey: `'person' || i || '@example.com'`,
      emailVerifiedAt: created,
      name: `'Person ' || i`,
      nameKey: `'person ' || i`,
      searchText: `'person' || i || '@example.com person ' || i`,
      role: `'READER'`,
      status: `'ACTIVE'`,
      ...dates,
    }),
    insert('OAuthClient', {
      id: id('cli'),
      clientId: number(32),
      accountId: account,
      type: `'CONFIDENTIAL'`,
      name: `'Client ' || i`,
      nameKey: `'client ' || i`,
      description: `'What department ' || (i % 97) || ' signs in to'`,
      grantTypes: `'authorization_code refresh_token'`,
      scopes: `'${scope}'`,
      tokenEndpointAuthMethod: `'CLIENT_SECRET_BASIC'`,
      requirePkce: 'TRUE',
      consentMode: `'REMEMBER'`,
      idTokenSigningAlgorithm: `'RS256'`,
      accessTokenSeconds: '600',
      refreshTokenSeconds: '7776000',
      refreshTokenIdleSeconds: '2592000',
      idTokenSeconds: '3600',
      searchText: `${number(32)} || ' client ' || i || ' what department ' || (i % 97) || ' signs in to'`,
      createdById: id('mem'),
      ...dates,
    }),
    insert('OAuthClientRedirectUri', {
      id: id('uri'),
      clientId: id('cli'),
      uri: `'https://app' || i || '.example.com/callback'`,
      position: '0',
    }),
    insert('OAuthClientSecret', {
      id: id('sec'),
      clientId: id('cli'),
      selector: number(12),
      hash: `'$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$' || ${number(43)}`,
      hint: `'abcd'`,
      createdById: id('mem'),
      createdAt: created,
    }),
    insert('Session', {
      id: id('ses'),
      memberId: id('mem'),
      secretHash: hash,
      authenticatedAt: created,
      methods: `'pwd'`,
      lastActiveAt: created,
      idleExpiresAt: expires,
      expiresAt: expires,
    }),
    insert('Consent', {
      id: id('con'),
      memberId: id('mem'),
      clientId: id('cli'),
      scopes: `'${scope}'`,
      consentedAt: created,
    }),
    insert('TokenFamily', {
      id: id('fam'),
      consentId: id('con'),
      sessionId: id('ses'),
      scopes: `'${scope}'`,
      authenticatedAt: created,
      methods: `'pwd'`,
      createdAt: created,
      expiresAt: expires,
    }),
    insert('RefreshToken', {
      id: id('ref'),
      familyId: id('fam'),
      hash,
      createdAt: created,
      expiresAt: expires,
    }),
    insert('ApiToken', {
      id: id('tok'),
      accountId: account,
      ownerId: id('mem'),
      name: `'Token ' || i`,
      role: `'READER'`,
      tokenHash: hash,
      hint: `'abcd'`,
      createdAt: created,
    }),
  ];
}
