// What the token, authorization, userinfo and introspection endpoints read, and the GraphQL API to recognise its caller: each all
// that an answer depends on, in one statement. Whether what is found still counts, and who may see it, is decided by those who ask.
//
// A row is made for whoever asks, and what belongs to it is added to it: a copy with something more, `{ ...row, more }`, has V8 make
// a hidden class each time, which takes as long as checking a secret and fills the old generation with garbage.
import { splitWords } from '../../lib/scope.js';
import type { Provider } from '../url.js';
import type { OneRow, RawRow } from './columns.js';
import type {
  ApiTokenWithOwner,
  ClientWithRedirectUris,
  ClientWithSecret,
  CodeWithFamily,
  FamilyWithParties,
  ProtocolApi,
  ProtocolClient,
  RefreshTokenWithFamily,
  SessionWithMember,
} from './rows.js';
import { authorizingSelection, type own, selections } from './selections.js';

/** How a caller names itself: its `client_id`, and the part of its secret that picks the row; null for none. */
export interface CallerKey {
  readonly clientId: string;
  readonly selector: string | null;
}

/** What an access token says of the rows that it stands on. */
export interface AccessTokenKey {
  readonly jti: string;
  readonly clientId: string;
  /** The family of a member's token; undefined for a client's own. */
  readonly familyId: string | undefined;
  /** The API that it was issued for; undefined for us. */
  readonly resourceId: string | undefined;
}

/** The rows that an access token stands on, as they are now. */
export interface AccessTokenRows {
  readonly isRevoked: boolean;
  readonly api: ProtocolApi | null;
  /** Of a member's token. */
  readonly family: FamilyWithParties | null;
  /** Of a client's own token. */
  readonly client: ProtocolClient | null;
}

/** The rows of a token that is introspected, and whether its API is asked for by the caller. */
export interface IntrospectedRows extends AccessTokenRows {
  readonly isIntrospector: boolean;
}

/** What an authorization request depends on, as it is now. */
export interface AuthorizingRows {
  readonly client: ClientWithRedirectUris | null;
  /** The browser's session, ended or not. */
  readonly session: SessionWithMember | null;
  /** What the session's member allowed the client, taken back or not. */
  readonly consent: { readonly id: string; readonly scopes: string; readonly revokedAt: Date | null } | null;
}

/** A caller, and what it presented; without a caller nothing is looked for. */
export interface Found<Presented> {
  readonly caller: ClientWithSecret | null;
  readonly presented: Presented | null;
}

/** The reading half of the hot paths. */
export interface HotReads {
  /** The client that calls, with the secret that it names. */
  caller(key: CallerKey): Promise<ClientWithSecret | null>;
  /** The same, with a presented code of its own, used or not; another client's is as unknown. @param hash the code's */
  callerWithCode(key: CallerKey, hash: string): Promise<Found<CodeWithFamily>>;
  /** The same, with a presented refresh token of its own, used or not. @param hash the token's */
  callerWithRefreshToken(key: CallerKey, hash: string): Promise<Found<RefreshTokenWithFamily>>;
  /** The same, with what an access token stands on. */
  callerWithAccessToken(key: CallerKey, token: AccessTokenKey): Promise<Found<IntrospectedRows>>;
  /** What an access token stands on. */
  accessToken(token: AccessTokenKey): Promise<AccessTokenRows>;
  /**
   * What an authorization request depends on.
   * @param sessionHash of the secret in the browser's cookie; null for none
   */
  authorizing(clientId: string, sessionHash: string | null): Promise<AuthorizingRows>;
  /** An API token with its owner, living or not. @param hash the token's */
  apiToken(hash: string): Promise<ApiTokenWithOwner | null>;
  /**
   * How many signing keys there are, the ended ones too, as far as any row that was read since the start has told: all but API
   * tokens' do. Each change of the keys adds some, so that whoever has read fewer knows that theirs are old.
   */
  signingKeysSeen(): number;
}

type Parties = ReturnType<typeof selections.ofMember.read>;

/** The family with its parties, or null when any of them is missing. */
function familyFrom(
  { family: row, consent: ofConsent, member: ofMember }: Pick<Parties, keyof typeof own>,
  ofClient: ProtocolClient | null,
): FamilyWithParties | null {
  if (!row || !ofConsent || !ofClient || !ofMember) return null;
  return Object.assign(row, { consent: Object.assign(ofConsent, { client: ofClient, member: ofMember }) });
}

/** The family with its parties, or null when any of them is missing, or it is of another client than the caller. */
function ownFamilyFrom(
  rows: Pick<ReturnType<typeof selections.code.read>, 'caller' | keyof typeof own>,
): FamilyWithParties | null {
  // A row of its own: the caller's gets what the family's client has not.
  return rows.consent?.clientId === rows.caller?.id ? familyFrom(rows, rows.caller && { ...rows.caller }) : null;
}

function callerFrom(rows: ReturnType<typeof selections.caller.read>): ClientWithSecret | null {
  return rows.caller && Object.assign(rows.caller, { secrets: rows.secret ? [rows.secret] : [] });
}

function ofMembersToken(rows: Parties): AccessTokenRows {
  return { isRevoked: rows.revoked !== null, api: rows.api, family: familyFrom(rows, rows.client), client: null };
}

function ofClientsToken(rows: ReturnType<typeof selections.ofClient.read>): AccessTokenRows {
  return { isRevoked: rows.revoked !== null, api: rows.api, family: null, client: rows.client };
}

/** The values of a statement about a caller. Without a selector nothing matches: no stored one is empty. */
function valuesOf({ clientId, selector }: CallerKey, between: readonly string[] = []): string[] {
  return [selector ?? '', ...between, clientId];
}

/** Likewise no API has an empty id. */
function valuesOfToken({ jti, resourceId, familyId, clientId }: AccessTokenKey): string[] {
  return [jti, resourceId ?? '', familyId ?? clientId];
}

const nobody = { caller: null, presented: null };

/**
 * Reads one row, as it was committed when it is read.
 * @param values for each `?` of the statement
 * @returns undefined when there is none
 */
export type ReadRow = (selection: OneRow, values: readonly string[]) => Promise<RawRow | undefined>;

/** Builds the reading half. */
export function createHotReads(readOne: ReadRow, provider: Provider): HotReads {
  const authorizing = authorizingSelection(provider === 'postgresql' ? 'string_agg' : 'group_concat');
  let signingKeys = 0;

  async function readRow(selection: OneRow, values: readonly string[]): Promise<RawRow | undefined> {
    const row = await readOne(selection, values);
    // The most: a row may come later than one that was read after it.
    if (row) signingKeys = Math.max(signingKeys, row.at(-1) as number);
    return row;
  }

  return {
    async caller(key) {
      const row = await readRow(selections.caller, valuesOf(key));
      return row ? callerFrom(selections.caller.read(row)) : null;
    },
    async callerWithCode(key, hash) {
      const row = await readRow(selections.code, valuesOf(key, [hash]));
      if (!row) return nobody;
      const rows = selections.code.read(row);
      const of = ownFamilyFrom(rows);
      return { caller: callerFrom(rows), presented: rows.code && of && Object.assign(rows.code, { family: of }) };
    },
    async callerWithRefreshToken(key, hash) {
      const row = await readRow(selections.refreshToken, valuesOf(key, [hash]));
      if (!row) return nobody;
      const rows = selections.refreshToken.read(row);
      const of = ownFamilyFrom(rows);
      return {
        caller: callerFrom(rows),
        presented: rows.refreshToken && of && Object.assign(rows.refreshToken, { family: of }),
      };
    },
    async callerWithAccessToken(key, token) {
      const isMembers = token.familyId !== undefined;
      const selection = isMembers ? selections.introspectedOfMember : selections.introspectedOfClient;
      const row = await readRow(selection, valuesOf(key, valuesOfToken(token)));
      if (!row) return nobody;
      if (isMembers) {
        const rows = selections.introspectedOfMember.read(row);
        const presented = Object.assign(ofMembersToken(rows), { isIntrospector: rows.introspector !== null });
        return { caller: callerFrom(rows), presented };
      }
      const rows = selections.introspectedOfClient.read(row);
      const presented = Object.assign(ofClientsToken(rows), { isIntrospector: rows.introspector !== null });
      return { caller: callerFrom(rows), presented };
    },
    async authorizing(clientId, sessionHash) {
      // No hash is empty.
      const row = await readRow(authorizing, [sessionHash ?? '', clientId]);
      if (!row) return { client: null, session: null, consent: null };
      const rows = authorizing.read(row);
      const redirectUris = splitWords(rows.uris?.value ?? '').map((uri) => ({ uri }));
      return {
        client: rows.caller && Object.assign(rows.caller, { redirectUris }),
        session: rows.session && rows.member && Object.assign(rows.session, { member: rows.member }),
        consent: rows.consent,
      };
    },
    async apiToken(hash) {
      const row = await readOne(selections.apiToken, [hash]);
      const rows = row && selections.apiToken.read(row);
      return rows?.apiToken && rows.owner ? Object.assign(rows.apiToken, { owner: rows.owner }) : null;
    },
    signingKeysSeen: () => signingKeys,
    async accessToken(token) {
      const isMembers = token.familyId !== undefined;
      const row = await readRow(isMembers ? selections.ofMember : selections.ofClient, valuesOfToken(token));
      if (!row) throw new Error('The statement gave no row.');
      return isMembers ? ofMembersToken(selections.ofMember.read(row)) : ofClientsToken(selections.ofClient.read(row));
    },
  };
}
