// Client secrets: made once, kept as argon2id, checked. The order of a check: the row, what is remembered, the throttle, the
// hash.
import { LRUCache } from 'lru-cache';
import { type Actor, recordRefusal } from '../audit/service.js';
import type { ClientWithSecret } from '../db/client.js';
import type { Deps } from '../deps.js';
import { hmacOfParts } from '../lib/crypto.js';
import type { HashTurn } from '../lib/hasher.js';
import { networkOf } from '../lib/network.js';
import { createClientSecret, hintOf } from '../lib/secret-format.js';

const rememberedPairs = 10_000;
const rememberedMilliseconds = 3600 * 1000;

/** A secret ready to be stored beside its client, and its clear form for the one payload that shows it. */
export interface NewSecret {
  readonly clear: string;
  readonly row: { readonly selector: string; readonly hash: string; readonly hint: string };
}

/** Makes and hashes a secret. Call it before the transaction that stores it. */
export async function createSecret(deps: Pick<Deps, 'randomBytes' | 'hasher'>, address: string): Promise<NewSecret> {
  const { secret, selector } = createClientSecret(deps.randomBytes);
  return { clear: secret, row: { selector, hash: await deps.hasher.hash(secret, address), hint: hintOf(secret) } };
}

/** Whether a client, as it was read, has the secret that it was read with, and that one has not ended. */
export function hasLiveSecret({ secrets: [secret] }: ClientWithSecret, now: Date): boolean {
  if (!secret || secret.revokedAt !== null) return false;
  return secret.expiresAt === null || secret.expiresAt > now;
}

/** What a check of a secret found: `remembered` took no time, `hashed` took a turn in the queue and a hash. */
export type SecretOutcome = 'wrong' | 'remembered' | 'hashed';

export interface SecretVerifier {
  /**
   * Says whether the presented secret is a live one of this client's.
   * @param actor the client, asked for only when it is not remembered
   * @throws ThrottledError after too many failures from this address, OverloadedError when the hash queue is full
   */
  verify(client: ClientWithSecret, presented: string, actor: () => Actor): Promise<SecretOutcome>;
}

/** Builds the verifier, which remembers pairs that were right under a key that only this process has. */
export function createSecretVerifier(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'randomBytes' | 'hasher' | 'throttles' | 'lastUsed'>,
): SecretVerifier {
  const processKey = deps.randomBytes(32);
  const remembered = new LRUCache<string, true>({
    max: rememberedPairs,
    ttl: rememberedMilliseconds,
    // Not to the millisecond, which would take a timer for each.
    ttlResolution: 1000,
  });

  return {
    async verify(client, presented, actorOf) {
      const [secret] = client.secrets;
      // No live row, no hash: the answer is the same as for an unknown client.
      if (!secret || !hasLiveSecret(client, deps.clock())) return 'wrong';
      // The stored hash is part of the pair: a row that changes is forgotten with it.
      const pair = hmacOfParts(processKey, [client.clientId, secret.id, secret.hash, presented]);
      const known = remembered.has(pair);
      if (!known) {
        const actor = actorOf();
        const address = networkOf(actor.ipAddress ?? '');
        const guess = { at: secret.id, from: address };
        // Before the queue too: whoever is refused anyhow must not take places in it.
        await deps.throttles.clientSecret.check(guess);
        const check = async (turn: HashTurn) => {
          // Whoever waited behind the same pair finds it remembered.
          if (remembered.has(pair)) return true;
          await deps.throttles.clientSecret.check(guess);
          if (await turn.verify(secret.hash, presented)) return true;
          await deps.throttles.clientSecret.fail(guess);
          return false;
        };
        const right = await deps.hasher.inTurn(address, check, 'clients');
        if (!right) {
          await recordRefusal(deps, actor, {
            action: 'CLIENT_AUTHENTICATION_REFUSED',
            accountId: client.accountId,
            targetId: client.id,
            targetLabel: client.name,
          });
          return 'wrong';
        }
        remembered.set(pair, true);
        if (deps.hasher.isOutdated(secret.hash)) {
          const hash = await deps.hasher.hash(presented, address);
          await deps.db.oAuthClientSecret.updateMany({ where: { id: secret.id, hash: secret.hash }, data: { hash } });
        }
      }
      deps.lastUsed.touch('clientSecret', secret.id);
      return known ? 'remembered' : 'hashed';
    },
  };
}
