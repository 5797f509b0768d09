-- additive: new tables, new columns that are null or have a default.
-- AlterTable
ALTER TABLE "Member" ADD COLUMN     "claims" TEXT;

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "accessTokenSigningAlgorithm" "SigningAlgorithm" NOT NULL DEFAULT 'ES256',
ADD COLUMN     "responseModes" TEXT NOT NULL DEFAULT 'query form_post',
ADD COLUMN     "userinfoSigningAlgorithm" "SigningAlgorithm";

-- AlterTable
ALTER TABLE "SigningKey" ADD COLUMN     "compromisedAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "ApiResource" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT NOT NULL,
    "accessTokenSeconds" INTEGER NOT NULL,
    "signingAlgorithm" "SigningAlgorithm" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApiResource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiResourceIntrospector" (
    "apiResourceId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,

    CONSTRAINT "ApiResourceIntrospector_pkey" PRIMARY KEY ("apiResourceId","clientId")
);

-- CreateTable
CREATE TABLE "LogoutDelivery" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "memberId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "LogoutDelivery_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "ApiResource" ADD CONSTRAINT "ApiResource_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiResourceIntrospector" ADD CONSTRAINT "ApiResourceIntrospector_apiResourceId_fkey" FOREIGN KEY ("apiResourceId") REFERENCES "ApiResource"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiResourceIntrospector" ADD CONSTRAINT "ApiResourceIntrospector_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogoutDelivery" ADD CONSTRAINT "LogoutDelivery_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "OAuthClient"("id") ON DELETE CASCADE ON UPDATE CASCADE;
