// What the hot paths read of each table: the columns that deciding about a token takes, and no others. Typed by the models, so
// that a column which is renamed or given another type does not compile here.
import type { Prisma } from '../generated/sqlite/client.js';
import { columnsOf } from './columns.js';

type Client = Prisma.OAuthClientGetPayload<object>;
type Secret = Prisma.OAuthClientSecretGetPayload<object>;
type Member = Prisma.MemberGetPayload<object>;
type ConsentRow = Prisma.ConsentGetPayload<object>;
type FamilyRow = Prisma.TokenFamilyGetPayload<object>;
type CodeRow = Prisma.AuthorizationCodeGetPayload<object>;
type RefreshRow = Prisma.RefreshTokenGetPayload<object>;
type Session = Prisma.SessionGetPayload<object>;
type ApiRow = Prisma.ApiResourceGetPayload<object>;
type ApiTokenRow = Prisma.ApiTokenGetPayload<object>;

const client = [
  'id',
  'clientId',
  'accountId',
  'type',
  'name',
  'allowedOrigins',
  'responseModes',
  'jwks',
  'jwksUri',
  'grantTypes',
  'scopes',
  'tokenEndpointAuthMethod',
  'requirePkce',
  'consentMode',
  'idTokenSigningAlgorithm',
  'accessTokenSigningAlgorithm',
  'userinfoSigningAlgorithm',
  'accessTokenSeconds',
  'refreshTokenSeconds',
  'refreshTokenIdleSeconds',
  'idTokenSeconds',
  'disabledAt',
  'verifiedAt',
  'tokenEpoch',
] as const satisfies readonly (keyof Client)[];

const secret = ['id', 'hash', 'expiresAt', 'revokedAt'] as const satisfies readonly (keyof Secret)[];

const member = [
  'id',
  'accountId',
  'email',
  'emailVerifiedAt',
  'name',
  'claims',
  'role',
  'status',
  'updatedAt',
] as const satisfies readonly (keyof Member)[];

const consent = ['id', 'memberId', 'clientId', 'scopes', 'revokedAt'] as const satisfies readonly (keyof ConsentRow)[];

const family = [
  'id',
  'sessionId',
  'scopes',
  'resource',
  'requestedClaims',
  'authenticatedAt',
  'methods',
  'expiresAt',
  'revokedAt',
] as const satisfies readonly (keyof FamilyRow)[];

const code = [
  'id',
  'familyId',
  'redirectUri',
  'redirectUriRequired',
  'codeChallenge',
  'nonce',
  'expiresAt',
  'usedAt',
] as const satisfies readonly (keyof CodeRow)[];

const refreshToken = [
  'id',
  'familyId',
  'createdAt',
  'expiresAt',
  'usedAt',
] as const satisfies readonly (keyof RefreshRow)[];

const session = [
  'id',
  'memberId',
  'authenticatedAt',
  'methods',
  'lastActiveAt',
  'idleExpiresAt',
  'expiresAt',
  'endedAt',
] as const satisfies readonly (keyof Session)[];

const api = [
  'id',
  'accountId',
  'audience',
  'name',
  'scopes',
  'accessTokenSeconds',
  'signingAlgorithm',
] as const satisfies readonly (keyof ApiRow)[];

const apiToken = [
  'id',
  'accountId',
  'ownerId',
  'name',
  'role',
  'expiresAt',
  'revokedAt',
] as const satisfies readonly (keyof ApiTokenRow)[];

const owner = ['id', 'accountId', 'email', 'role', 'status'] as const satisfies readonly (keyof Member)[];

/** A client, as far as the protocol endpoints depend on it. */
export type ProtocolClient = Pick<Client, (typeof client)[number]>;
/** A client with the secret that was named, if it has that one. */
export type ClientWithSecret = ProtocolClient & { readonly secrets: readonly SecretRow[] };
export type SecretRow = Pick<Secret, (typeof secret)[number]>;
export type ProtocolMember = Pick<Member, (typeof member)[number]>;
/** A client with its registered redirect URIs. */
export type ClientWithRedirectUris = ProtocolClient & { readonly redirectUris: readonly { readonly uri: string }[] };
/** A consent with the client and the member that it is between. */
export type ConsentWithParties = Pick<ConsentRow, (typeof consent)[number]> & {
  readonly client: ProtocolClient;
  readonly member: ProtocolMember;
};
/** A token family with the consent that it stands on, and that consent's client and member. */
export type FamilyWithParties = Pick<FamilyRow, (typeof family)[number]> & { readonly consent: ConsentWithParties };
export type CodeWithFamily = Pick<CodeRow, (typeof code)[number]> & { readonly family: FamilyWithParties };
export type RefreshTokenWithFamily = Pick<RefreshRow, (typeof refreshToken)[number]> & {
  readonly family: FamilyWithParties;
};
/** A browser's session with its member, ended or not. */
export type SessionWithMember = Pick<Session, (typeof session)[number]> & { readonly member: ProtocolMember };
export type ProtocolApi = Pick<ApiRow, (typeof api)[number]>;
/** An API token with its owner, as far as a caller of the GraphQL API is recognised by them. */
export type ApiTokenWithOwner = Pick<ApiTokenRow, (typeof apiToken)[number]> & {
  readonly owner: Pick<Member, (typeof owner)[number]>;
};

/** The columns under the alias of each table, the same in every statement. */
export const columns = {
  /** The client that calls. */
  caller: columnsOf<ProtocolClient>('c', client),
  secret: columnsOf<SecretRow>('s', secret),
  /** The client that a token was issued to. */
  client: columnsOf<ProtocolClient>('tc', client),
  member: columnsOf<ProtocolMember>('m', member),
  consent: columnsOf<Pick<ConsentRow, (typeof consent)[number]>>('k', consent),
  family: columnsOf<Pick<FamilyRow, (typeof family)[number]>>('f', family),
  code: columnsOf<Pick<CodeRow, (typeof code)[number]>>('a', code),
  refreshToken: columnsOf<Pick<RefreshRow, (typeof refreshToken)[number]>>('t', refreshToken),
  session: columnsOf<Pick<Session, (typeof session)[number]>>('w', session),
  api: columnsOf<ProtocolApi>('p', api),
  revoked: columnsOf<{ jti: string }>('r', ['jti']),
  introspector: columnsOf<{ clientId: string }>('x', ['clientId']),
  apiToken: columnsOf<Pick<ApiTokenRow, (typeof apiToken)[number]>>('g', apiToken),
  owner: columnsOf<ApiTokenWithOwner['owner']>('m', owner),
} as const;
