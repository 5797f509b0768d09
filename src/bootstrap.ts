// First start: an empty database gets an account, its owner and signing keys. Safe when several processes start at once.
import { prepareAccount } from './accounts/service.js';
import { systemActor } from './audit/service.js';
import { ConfigError } from './config.js';
import { exclusively } from './db/client.js';
import type { Deps } from './deps.js';
import { createSigningKeys, storeFirstSigningKeys } from './keys/rotate.js';
import { InputError } from './lib/errors.js';

/** The owner that this very process has just created. The password is null when the operator chose it. */
export interface FirstOwner {
  readonly email: string;
  readonly password: string | null;
}

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
function asConfigError(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  throw new ConfigError(
    error.issues.map(({ path, message }) => `LATCHKEY_OWNER_${String(path.at(-1)).toUpperCase()}: ${message}`),
  );
}

async function ensureOwner(deps: Deps): Promise<FirstOwner | null> {
  if ((await deps.db.account.count()) > 0) return null;
  const { ownerEmail: email, ownerPassword } = deps.config;
  const password = ownerPassword ?? generatePassword(deps.randomBytes);
  const insert = await prepareAccount(deps, { name: 'My account', owner: { email, name: null, password } }).catch(
    asConfigError,
  );
  return exclusively(deps.db, 'first-owner', async (tx) => {
    if ((await tx.account.count()) > 0) return null;
    await insert(tx, systemActor);
    return { email, password: ownerPassword === undefined ? password : null };
  });
}

/**
 * Makes what an empty database lacks.
 * @returns the owner when this process created it, else null
 * @throws ConfigError when LATCHKEY_OWNER_EMAIL or LATCHKEY_OWNER_PASSWORD cannot be used
 */
export async function bootstrap(deps: Deps): Promise<FirstOwner | null> {
  await ensureSigningKeys(deps);
  // Whoever made them, they may be newer than what this process read when it was composed.
  await deps.keys.reload();
  return ensureOwner(deps);
}
