-- additive: new tables, and columns with a default.
-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN "replacedById" TEXT;

-- AlterTable
ALTER TABLE "OAuthClientSecret" ADD COLUMN "expiryNotedAt" DATETIME;

-- CreateTable
CREATE TABLE "OAuthClientLogo" (
    "clientId" TEXT NOT NULL PRIMARY KEY,
    "hash" TEXT NOT NULL,
    "contentType" TEXT NOT NULL,
    "bytes" BLOB NOT NULL,
    "fetchedAt" DATETIME NOT NULL,
    CONSTRAINT "OAuthClientLogo_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "IdempotencyRecord" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "mutation" TEXT NOT NULL,
    "keyHash" TEXT NOT NULL,
    "inputHash" TEXT NOT NULL,
    "resultId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "AssertionReplay" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "expiresAt" DATETIME NOT NULL
);

-- AlterTable: columns are added one by one; making the table anew would take long where there are many clients.
ALTER TABLE "OAuthClient" ADD COLUMN "postLogoutRedirectUris" TEXT NOT NULL DEFAULT '';
ALTER TABLE "OAuthClient" ADD COLUMN "allowedOrigins" TEXT NOT NULL DEFAULT '';
ALTER TABLE "OAuthClient" ADD COLUMN "backchannelLogoutUri" TEXT;
ALTER TABLE "OAuthClient" ADD COLUMN "jwks" TEXT;
ALTER TABLE "OAuthClient" ADD COLUMN "jwksUri" TEXT;
ALTER TABLE "OAuthClient" ADD COLUMN "nameKey" TEXT NOT NULL DEFAULT '';
ALTER TABLE "OAuthClient" ADD COLUMN "lastUsedSortKey" TEXT NOT NULL DEFAULT '';

-- An index of PostgreSQL takes 2704 bytes a row.
UPDATE "OAuthClient" SET "searchText" = substr("searchText", 1, 375) WHERE length(CAST("searchText" AS BLOB)) > 1500;

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

-- CreateIndex
CREATE INDEX "OAuthClientSecret_expiresAt_idx" ON "OAuthClientSecret"("expiresAt");

-- What the new columns hold for clients that are there already. Text, as the adapter writes times.
UPDATE "OAuthClient" SET "nameKey" = lower("name"), "lastUsedSortKey" = coalesce(replace("lastUsedAt", '+00:00', 'Z'), '');
