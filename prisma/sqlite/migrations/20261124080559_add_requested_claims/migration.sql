-- additive: one column that may be null.
-- AlterTable
ALTER TABLE "TokenFamily" ADD COLUMN "requestedClaims" TEXT;
