-- additive: new tables, new columns that are null or have a default.
-- CreateEnum
CREATE TYPE "OneTimeLinkPurpose" AS ENUM ('RESET_PASSWORD', 'VERIFY_EMAIL', 'CHANGE_EMAIL');

-- AlterTable
ALTER TABLE "AuthorizationRequest" ADD COLUMN     "chosenById" TEXT;

-- AlterTable
ALTER TABLE "Member" ADD COLUMN     "invitedById" TEXT,
ADD COLUMN     "lastSeenSortKey" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "nameKey" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "searchText" TEXT NOT NULL DEFAULT '';

-- What members have already
UPDATE "Member" SET
    "nameKey" = lower(coalesce("name", '')),
    "searchText" = lower("email" || ' ' || coalesce("name", '')),
    "lastSeenSortKey" = coalesce(to_char("lastSeenAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '');

-- CreateTable
CREATE TABLE "Invitation" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "emailKey" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "sentAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "id" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "purpose" "OneTimeLinkPurpose" NOT NULL,
    "hash" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "OneTimeLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MailDelivery" (
    "id" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "MailDelivery_pkey" PRIMARY KEY ("id")
);

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

-- CreateIndex
CREATE INDEX "Member_accountId_nameKey_id_idx" ON "Member"("accountId", "nameKey", "id");

-- CreateIndex
CREATE INDEX "Member_accountId_lastSeenSortKey_id_idx" ON "Member"("accountId", "lastSeenSortKey", "id");

-- CreateIndex
CREATE INDEX "Member_invitedById_idx" ON "Member"("invitedById");

-- AddForeignKey
ALTER TABLE "Member" ADD CONSTRAINT "Member_invitedById_fkey" FOREIGN KEY ("invitedById") REFERENCES "Member"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Invitation" ADD CONSTRAINT "Invitation_memberId_fkey" FOREIGN KEY ("memberId") REFERENCES "Member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OneTimeLink" ADD CONSTRAINT "OneTimeLink_memberId_fkey" FOREIGN KEY ("memberId") REFERENCES "Member"("id") ON DELETE CASCADE ON UPDATE CASCADE;
