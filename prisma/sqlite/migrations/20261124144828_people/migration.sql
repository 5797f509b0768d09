-- additive: new tables, new columns that are null or have a default.
-- AlterTable
ALTER TABLE "AuthorizationRequest" ADD COLUMN "chosenById" TEXT;

-- CreateTable
CREATE TABLE "Invitation" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "emailKey" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "sentAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "Invitation_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Invitation_memberId_fkey" FOREIGN KEY ("memberId") REFERENCES "Member" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "memberId" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "usedAt" DATETIME,
    CONSTRAINT "OneTimeLink_memberId_fkey" FOREIGN KEY ("memberId") REFERENCES "Member" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "MailDelivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- AlterTable
ALTER TABLE "Member" ADD COLUMN "invitedById" TEXT REFERENCES "Member" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Member" ADD COLUMN "lastSeenSortKey" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Member" ADD COLUMN "nameKey" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Member" ADD COLUMN "searchText" TEXT NOT NULL DEFAULT '';

-- What members have already
UPDATE "Member" SET
    "nameKey" = lower(coalesce("name", '')),
    "searchText" = lower("email" || ' ' || coalesce("name", '')),
    "lastSeenSortKey" = coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', "lastSeenAt"), '');

-- CreateIndex
CREATE INDEX "Member_accountId_nameKey_id_idx" ON "Member"("accountId", "nameKey", "id");

-- CreateIndex
CREATE INDEX "Member_accountId_lastSeenSortKey_id_idx" ON "Member"("accountId", "lastSeenSortKey", "id");

-- CreateIndex
CREATE INDEX "Member_invitedById_idx" ON "Member"("invitedById");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_memberId_key" ON "Invitation"("memberId");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_hash_key" ON "Invitation"("hash");

-- CreateIndex
CREATE INDEX "Invitation_expiresAt_idx" ON "Invitation"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Invitation_accountId_emailKey_key" ON "Invitation"("accountId", "emailKey");

-- CreateIndex
CREATE UNIQUE INDEX "OneTimeLink_hash_key" ON "OneTimeLink"("hash");

-- CreateIndex
CREATE INDEX "OneTimeLink_memberId_purpose_idx" ON "OneTimeLink"("memberId", "purpose");

-- CreateIndex
CREATE INDEX "OneTimeLink_expiresAt_idx" ON "OneTimeLink"("expiresAt");

-- CreateIndex
CREATE INDEX "MailDelivery_nextAttemptAt_idx" ON "MailDelivery"("nextAttemptAt");

-- CreateIndex
CREATE INDEX "MailDelivery_expiresAt_idx" ON "MailDelivery"("expiresAt");
