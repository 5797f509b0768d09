// The lists of a member's export: sessions, apps, tokens and what else belongs to them or was made by them.
import type { Db } from '../db/client.js';
import { splitWords } from '../lib/scope.js';

/** Of each list the newest are exported, this many at most. */
export const mostOfEach = 1000;

/** Columns, one by one: what a row is given later is exported when somebody decided so, and no hash by oversight. */
export function named<Column extends string>(...columns: Column[]): Record<Column, true> {
  return Object.fromEntries(columns.map((column) => [column, true])) as Record<Column, true>;
}

type Row = Readonly<Record<string, unknown>>;

const newest = { orderBy: { id: 'desc' }, take: mostOfEach + 1 } as const;

async function sessions(db: Db, memberId: string): Promise<Row[]> {
  const rows = await db.session.findMany({
    ...newest,
    where: { memberId },
    select: {
      ...named('id', 'authenticatedAt', 'methods', 'ipAddress', 'userAgent'),
      ...named('lastActiveAt', 'idleExpiresAt', 'expiresAt', 'endedAt'),
    },
  });
  return rows.map(({ methods, ...session }) => ({ ...session, methods: splitWords(methods) }));
}

/** Those whose client is there: Prisma reads clients in a statement of their own, and one may have been deleted between the two. */
function withClient<R>(rows: readonly R[], clientOf: (row: R) => object | null | undefined): R[] {
  return rows.filter((row) => clientOf(row) != null);
}

async function connectedApps(db: Db, memberId: string): Promise<Row[]> {
  const rows = await db.consent.findMany({
    ...newest,
    where: { memberId },
    select: {
      ...named('id', 'scopes', 'consentedAt', 'lastUsedAt', 'revokedAt'),
      client: { select: { ...named('clientId', 'name'), account: { select: named('name') } } },
    },
  });
  return withClient(rows, ({ client }) => client).map(({ client: { account, ...app }, scopes, ...consent }) => ({
    ...consent,
    ...app,
    publishedBy: account.name,
    scopes: splitWords(scopes),
  }));
}

async function signIns(db: Db, memberId: string): Promise<Row[]> {
  const rows = await db.tokenFamily.findMany({
    ...newest,
    where: { consent: { memberId } },
    select: {
      ...named('id', 'sessionId', 'scopes', 'resource', 'authenticatedAt', 'methods'),
      ...named('createdAt', 'expiresAt', 'revokedAt'),
      consent: { select: { client: { select: named('clientId') } } },
    },
  });
  const known = withClient(rows, ({ consent }) => consent?.client);
  return known.map(({ consent, scopes, resource, methods, ...family }) => ({
    ...family,
    clientId: consent.client.clientId,
    scopes: splitWords(scopes),
    resources: splitWords(resource ?? ''),
    methods: splitWords(methods),
  }));
}

function apiTokens(db: Db, memberId: string): Promise<Row[]> {
  return db.apiToken.findMany({
    ...newest,
    where: { ownerId: memberId },
    select: named('id', 'name', 'role', 'isService', 'hint', 'createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'),
  });
}

function emailLinks(db: Db, memberId: string): Promise<Row[]> {
  const columns = named('id', 'purpose', 'email', 'createdAt', 'expiresAt', 'usedAt');
  return db.oneTimeLink.findMany({ ...newest, where: { memberId }, select: columns });
}

/** Whom they invited, under the address that they typed; once it was accepted, the address is the other's own to tell. */
async function invitedMembers(db: Db, memberId: string): Promise<Row[]> {
  const rows = await db.member.findMany({
    ...newest,
    where: { invitedById: memberId },
    select: named('id', 'email', 'name', 'role', 'status', 'createdAt'),
  });
  return rows.map(({ email, ...member }) => (member.status === 'INVITED' ? { ...member, email } : member));
}

function createdOAuthClients(db: Db, memberId: string): Promise<Row[]> {
  const columns = named('id', 'clientId', 'name', 'createdAt');
  return db.oAuthClient.findMany({ ...newest, where: { createdById: memberId }, select: columns });
}

async function createdOAuthClientSecrets(db: Db, memberId: string): Promise<Row[]> {
  const rows = await db.oAuthClientSecret.findMany({
    ...newest,
    where: { createdById: memberId },
    select: { ...named('id', 'createdAt'), client: { select: named('clientId') } },
  });
  const known = withClient(rows, ({ client }) => client);
  return known.map(({ client, ...secret }) => ({ ...secret, clientId: client.clientId }));
}

const lists = {
  sessions,
  connectedApps,
  signIns,
  apiTokens,
  emailLinks,
  invitedMembers,
  createdOAuthClients,
  createdOAuthClientSecrets,
};

/** All lists by their names, the newest first; one with more than `mostOfEach` rows has one too many. */
export async function readLists(db: Db, memberId: string): Promise<[string, Row[]][]> {
  return Promise.all(
    Object.entries(lists).map(async ([name, read]): Promise<[string, Row[]]> => [name, await read(db, memberId)]),
  );
}
