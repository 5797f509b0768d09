-- additive: new tables, new columns that are null or have a default.
-- AlterTable
ALTER TABLE "Member" ADD COLUMN "claims" TEXT;

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN "accessTokenSigningAlgorithm" TEXT NOT NULL DEFAULT 'ES256';
ALTER TABLE "OAuthClient" ADD COLUMN "responseModes" TEXT NOT NULL DEFAULT 'query form_post';
ALTER TABLE "OAuthClient" ADD COLUMN "userinfoSigningAlgorithm" TEXT;

-- AlterTable
ALTER TABLE "SigningKey" ADD COLUMN "compromisedAt" DATETIME;

-- CreateTable
CREATE TABLE "ApiResource" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "accountId" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT NOT NULL,
    "accessTokenSeconds" INTEGER NOT NULL,
    "signingAlgorithm" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    CONSTRAINT "ApiResource_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApiResourceIntrospector" (
    "apiResourceId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,

    PRIMARY KEY ("apiResourceId", "clientId"),
    CONSTRAINT "ApiResourceIntrospector_apiResourceId_fkey" FOREIGN KEY ("apiResourceId") REFERENCES "ApiResource" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "ApiResourceIntrospector_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "LogoutDelivery" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clientId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "LogoutDelivery_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "ApiResource_audience_key" ON "ApiResource"("audience");

-- CreateIndex
CREATE INDEX "ApiResource_accountId_id_idx" ON "ApiResource"("accountId", "id");

-- CreateIndex
CREATE INDEX "ApiResourceIntrospector_clientId_idx" ON "ApiResourceIntrospector"("clientId");

-- CreateIndex
CREATE INDEX "LogoutDelivery_nextAttemptAt_idx" ON "LogoutDelivery"("nextAttemptAt");

-- CreateIndex
CREATE INDEX "LogoutDelivery_expiresAt_idx" ON "LogoutDelivery"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "LogoutDelivery_clientId_sessionId_key" ON "LogoutDelivery"("clientId", "sessionId");
