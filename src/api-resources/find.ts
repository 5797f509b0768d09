// API resources as the protocol looks for them: by audience within the account that a client belongs to, by id for a token that
// was issued, and by the scopes that they take.
import { type Db, literally, type ProtocolApi, type Tx } from '../db/client.js';
import { inChunks } from '../db/in-chunks.js';
import type { SigningAlgorithm } from '../deps.js';
import { spellingsOf } from './audience.js';
import type { ApiScope } from './rules.js';

/** An API that access tokens are for. */
export interface ApiResource {
  readonly id: string;
  /** Its resource indicator (RFC 8707 section 2). */
  readonly audience: string;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly accessTokenSeconds: number;
  readonly signingAlgorithm: SigningAlgorithm;
}

/** Reads the column `scopes`. */
export function readScopes(column: string): ApiScope[] {
  return JSON.parse(column) as ApiScope[];
}

/** What a row says. */
export function readApi(row: ProtocolApi): ApiResource {
  return { ...row, scopes: readScopes(row.scopes) };
}

/** Those of the scopes that tokens for an API may carry. */
export function scopesOfApi(api: ApiResource, scopes: readonly string[]): string[] {
  return scopes.filter((scope) => api.scopes.some(({ name }) => name === scope));
}

/** The API of this account that a resource indicator names; null alike for unknown and foreign ones. */
export async function findByAudience(db: Db, accountId: string, resource: string): Promise<ApiResource | null> {
  const row = await db.apiResource.findFirst({ where: { accountId, audience: { in: [...spellingsOf(resource)] } } });
  return row && readApi(row);
}

/** The APIs of this account that any of the resource indicators names, or that take any of the scopes. */
export async function findApis(
  db: Db,
  accountId: string,
  named: { readonly resources: readonly string[]; readonly scopes?: readonly string[] },
): Promise<ApiResource[]> {
  const { resources, scopes = [] } = named;
  if (resources.length + scopes.length === 0) return [];
  const audience = { in: resources.flatMap(spellingsOf) };
  // Finds more than what is exactly so: on SQLite LIKE ignores case.
  const taking = scopes.map((scope) => ({ scopes: { contains: literally(`"name":${JSON.stringify(scope)}`) } }));
  const rows = await db.apiResource.findMany({
    where: { accountId, OR: [{ audience }, ...taking] },
    orderBy: { id: 'asc' },
  });
  return rows.map(readApi).filter((api) => audience.in.includes(api.audience) || scopesOfApi(api, scopes).length > 0);
}

/** The APIs that have these audiences, as they are written, each with the account that it is of. */
export async function findApisNamed(db: Db, audiences: readonly string[]) {
  const rows = await inChunks(audiences, (some) => db.apiResource.findMany({ where: { audience: { in: [...some] } } }));
  return rows.map((row) => ({ ...readApi(row), accountId: row.accountId }));
}

/** All scopes of an account's APIs, with the audience that each is for. */
export async function findScopesOfAccount(db: Db | Tx, accountId: string) {
  const rows = await db.apiResource.findMany({
    where: { accountId },
    select: { audience: true, scopes: true },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap(({ audience, scopes }) => readScopes(scopes).map((scope) => ({ ...scope, audience })));
}
