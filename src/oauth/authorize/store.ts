// Authorization requests that wait while a person signs in and consents, bound to the browser that brought them (known
// attack: a request's id alone must not be enough, CVE-2022-39222).
import type { Tx } from '../../db/client.js';
import type { Deps } from '../../deps.js';
import { constantTimeEqual } from '../../lib/crypto.js';
import { kindOfId } from '../../lib/ids.js';
import { later } from '../../lib/seconds.js';
import type { AuthorizationRequest } from './request.js';

const waitingSeconds = 3600;

/** What a request that an older program stored does not have yet. */
const absent = {
  responseMode: 'query',
  claims: null,
  claimScopes: [],
  subjects: null,
  resources: [],
  forIssuer: true,
} as const;

/** A waiting request and what has happened for it so far. */
export interface StoredRequest {
  readonly id: string;
  readonly request: AuthorizationRequest;
  /** The session that was begun for this very request. */
  readonly sessionId: string | null;
  /** The member who allowed this very request. */
  readonly consentedById: string | null;
  /** The member who chose to go on with this very request (prompt=select_account). */
  readonly chosenById: string | null;
}

/** Stores a request. @param browserHash from `Browser.bindingHash` */
export async function storeRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  request: AuthorizationRequest,
  browserHash: string,
): Promise<StoredRequest> {
  const now = deps.clock();
  const id = deps.newId('authorizationRequest');
  await deps.db.authorizationRequest.create({
    data: {
      id,
      clientId: request.clientRowId,
      browserHash,
      request: JSON.stringify(request),
      createdAt: now,
      expiresAt: later(now, waitingSeconds),
    },
  });
  return { id, request, sessionId: null, consentedById: null, chosenById: null };
}

/** Finds a waiting request of this browser. @returns null alike for unknown, spent, expired and other browsers' ones */
export async function loadRequest(
  deps: Pick<Deps, 'db' | 'clock'>,
  id: string,
  browserHash: string | null,
): Promise<StoredRequest | null> {
  const isId = kindOfId(id) === 'authorizationRequest';
  const row = browserHash === null || !isId ? null : await deps.db.authorizationRequest.findUnique({ where: { id } });
  if (!row || row.expiresAt <= deps.clock() || !constantTimeEqual(row.browserHash, browserHash ?? '')) return null;
  const request = { ...absent, ...JSON.parse(row.request) } as AuthorizationRequest;
  const { sessionId, consentedById, chosenById } = row;
  return { id: row.id, request, sessionId, consentedById, chosenById };
}

/** Notes the session that the person began for this request. */
export async function noteSession(deps: Pick<Deps, 'db'>, id: string, sessionId: string): Promise<void> {
  await deps.db.authorizationRequest.updateMany({ where: { id }, data: { sessionId } });
}

/** Notes who allowed this request. */
export async function noteConsent(tx: Tx, id: string, memberId: string): Promise<void> {
  await tx.authorizationRequest.updateMany({ where: { id }, data: { consentedById: memberId } });
}

/** Notes who chose to go on with this request. */
export async function noteChoice(deps: Pick<Deps, 'db'>, id: string, memberId: string): Promise<void> {
  await deps.db.authorizationRequest.updateMany({ where: { id }, data: { chosenById: memberId } });
}

/** Takes a request for its one answer. @returns false when another reply took it before */
export async function consumeRequest(tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx.authorizationRequest.deleteMany({ where: { id } });
  return count === 1;
}
