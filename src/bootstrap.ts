// First start: an empty database gets an account, its owner and signing keys. Safe when several processes start at once.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { faultsOfAccount, type NewAccount, prepareAccount } from './accounts/service.js';
import { systemActor } from './audit/service.js';
import { type Config, ConfigError } from './config.js';
import { exclusively } from './db/client.js';
import { providerOf, sqlitePath } from './db/url.js';
import type { Deps } from './deps.js';
import { createSigningKeys, storeFirstSigningKeys } from './keys/rotate.js';
import { InputError, type InputIssue } from './lib/errors.js';

/** The owner that this very process has just created. The password is null when the operator chose it. */
export interface FirstOwner {
  readonly email: string;
  readonly password: string | null;
}

type FirstAccountConfig = Pick<Config, 'accountName' | 'ownerEmail' | 'ownerPassword'>;

/** A password that is easy to copy and hard to guess: 100 random bits in groups of five letters and digits. */
export function generatePassword(randomBytes: Deps['randomBytes']): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const text = [...randomBytes(20)].map((byte) => letters[byte % 32]).join('');
  return text.match(/.{5}/g)?.join('-') ?? text;
}

async function ensureSigningKeys(deps: Deps): Promise<void> {
  if ((await deps.db.signingKey.count()) > 0) return;
  const keys = await createSigningKeys(deps);
  await exclusively(deps.db, 'signing-keys', async (tx) => {
    if ((await tx.signingKey.count()) === 0) await storeFirstSigningKeys(tx, keys, deps.clock());
  });
}

/** The input came from the environment, so that is where it is to be mended. */
function asConfigError(issues: readonly InputIssue[]): ConfigError {
  return new ConfigError(
    issues.map(({ path, message }) => {
      const setting = [path[0] === 'owner' ? 'OWNER' : 'ACCOUNT', path.at(-1)?.toUpperCase()].join('_');
      return `LATCHKEY_${setting}: ${message}`;
    }),
  );
}

function firstAccountOf({ accountName: name, ownerEmail: email }: FirstAccountConfig, password: string): NewAccount {
  return { name, owner: { email, name: null, password } };
}

/**
 * Looks at what a first start reads and no other, before anything is made. Of PostgreSQL only `bootstrap` knows whether it is
 * the first.
 * @throws ConfigError
 */
export async function checkFirstAccount(config: FirstAccountConfig & Pick<Config, 'databaseUrl'>): Promise<void> {
  const { databaseUrl, ownerPassword = generatePassword(randomBytes) } = config;
  if (providerOf(databaseUrl) !== 'sqlite' || existsSync(sqlitePath(databaseUrl))) return;
  const issues = await faultsOfAccount(firstAccountOf(config, ownerPassword));
  if (issues.length > 0) throw asConfigError(issues);
}

/** Whether nobody has an account yet, so that a first owner will be made. */
export async function isFirstStart({ db }: Pick<Deps, 'db'>): Promise<boolean> {
  return (await db.account.count()) === 0;
}

async function ensureOwner(deps: Deps): Promise<FirstOwner | null> {
  if (!(await isFirstStart(deps))) return null;
  const { ownerEmail: email, ownerPassword } = deps.config;
  const password = ownerPassword ?? generatePassword(deps.randomBytes);
  const insert = await prepareAccount(deps, firstAccountOf(deps.config, password)).catch((error: unknown) => {
    throw error instanceof InputError ? asConfigError(error.issues) : error;
  });
  return exclusively(deps.db, 'first-owner', async (tx) => {
    if ((await tx.account.count()) > 0) return null;
    await insert(tx, systemActor);
    return { email, password: ownerPassword === undefined ? password : null };
  });
}

/**
 * Makes what an empty database lacks.
 * @returns the owner when this process created it, else null
 * @throws ConfigError when LATCHKEY_ACCOUNT_NAME, LATCHKEY_OWNER_EMAIL or LATCHKEY_OWNER_PASSWORD cannot be used
 */
export async function bootstrap(deps: Deps): Promise<FirstOwner | null> {
  await ensureSigningKeys(deps);
  // Whoever made them, they may be newer than what this process read when it was composed.
  await deps.keys.reload();
  return ensureOwner(deps);
}
