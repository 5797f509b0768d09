-- additive: new tables, and columns with a default.
-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN     "replacedById" TEXT;

-- AlterEnum
ALTER TYPE "TokenEndpointAuthMethod" ADD VALUE 'PRIVATE_KEY_JWT';

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "allowedOrigins" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "backchannelLogoutUri" TEXT,
ADD COLUMN     "jwks" TEXT,
ADD COLUMN     "jwksUri" TEXT,
ADD COLUMN     "lastUsedSortKey" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "nameKey" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "postLogoutRedirectUris" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "OAuthClientSecret" ADD COLUMN     "expiryNotedAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "OAuthClientLogo" (
    "clientId" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "contentType" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,
    "fetchedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "OAuthClientLogo_pkey" PRIMARY KEY ("clientId")
);

-- CreateTable
CREATE TABLE "IdempotencyRecord" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "mutation" TEXT NOT NULL,
    "keyHash" TEXT NOT NULL,
    "inputHash" TEXT NOT NULL,
    "resultId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "IdempotencyRecord_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AssertionReplay" (
    "hash" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AssertionReplay_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "IdempotencyRecord_expiresAt_idx" ON "IdempotencyRecord"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "IdempotencyRecord_accountId_actorId_mutation_keyHash_key" ON "IdempotencyRecord"("accountId", "actorId", "mutation", "keyHash");

-- CreateIndex
CREATE INDEX "AssertionReplay_expiresAt_idx" ON "AssertionReplay"("expiresAt");

-- CreateIndex
CREATE INDEX "AuditLogEntry_accountId_action_id_idx" ON "AuditLogEntry"("accountId", "action", "id");

-- CreateIndex
CREATE INDEX "AuditLogEntry_accountId_actorId_id_idx" ON "AuditLogEntry"("accountId", "actorId", "id");

-- CreateIndex
CREATE INDEX "AuditLogEntry_accountId_targetId_id_idx" ON "AuditLogEntry"("accountId", "targetId", "id");

-- An index of PostgreSQL takes 2704 bytes a row.
UPDATE "OAuthClient" SET "searchText" = left("searchText", 375) WHERE octet_length("searchText") > 1500;

-- Not only what is sorted by: what can be filtered by is found in the index.
DROP INDEX "OAuthClient_accountId_id_idx";

-- CreateIndex
CREATE INDEX "OAuthClient_by_creation_idx" ON "OAuthClient"("accountId", "id", "disabledAt", "verifiedAt", "type", "grantTypes", "searchText");

-- CreateIndex
CREATE INDEX "OAuthClient_by_name_idx" ON "OAuthClient"("accountId", "nameKey", "id", "disabledAt", "verifiedAt", "type", "grantTypes", "searchText");

-- CreateIndex
CREATE INDEX "OAuthClient_by_last_use_idx" ON "OAuthClient"("accountId", "lastUsedSortKey", "id", "disabledAt", "verifiedAt", "type", "grantTypes", "searchText");

-- CreateIndex
CREATE INDEX "OAuthClient_accountId_createdById_id_idx" ON "OAuthClient"("accountId", "createdById", "id");

-- CreateIndex
CREATE INDEX "OAuthClientSecret_expiresAt_idx" ON "OAuthClientSecret"("expiresAt");

-- AddForeignKey
ALTER TABLE "OAuthClientLogo" ADD CONSTRAINT "OAuthClientLogo_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the new columns hold for clients that are there already.
UPDATE "OAuthClient" SET "nameKey" = lower("name"), "lastUsedSortKey" = coalesce(to_char("lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '');
