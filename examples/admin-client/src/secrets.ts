// Makes client secrets, which Latchkey shows once: when the answer with one is lost on the way, that one is useless and
// has to be replaced.
import { randomUUID } from 'node:crypto';
import { graphql } from './generated/gql.js';
import type { RotateSecretMutation } from './generated/graphql.js';
import { carriedOut, type Latchkey, present } from './latchkey.js';

const RotateSecret = graphql(`
  mutation RotateSecret($input: RotateOAuthClientSecretInput!) {
    rotateOAuthClientSecret(input: $input) {
      clientSecret
      replayed
      secret {
        id
      }
      oauthClient {
        id
        clientId
        secrets {
          id
          hint
          expiresAt
        }
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

const RevokeSecret = graphql(`
  mutation RevokeSecret($secretId: ID!) {
    revokeOAuthClientSecret(input: { secretId: $secretId }) {
      revokedSecretId
      userErrors {
        code
        message
        path
      }
    }
  }
`);

type Rotated = NonNullable<RotateSecretMutation['rotateOAuthClientSecret']>;

/** Gives a client a new secret, and the old ones so many seconds more. */
export async function newSecret(latchkey: Latchkey, clientId: string, oldSecretsLive: number): Promise<Rotated> {
  const input = { clientId, previousSecretsExpireInSeconds: oldSecretsLive, idempotencyKey: randomUUID() };
  const answer = await latchkey.mutate(RotateSecret, { input }, { repeatable: true });
  const rotated = carriedOut(answer.data?.rotateOAuthClientSecret, answer);
  if (!rotated.replayed) return rotated;
  // An earlier attempt was carried out and its answer lost. Nobody has seen that secret: it goes, and another comes.
  if (rotated.secret) {
    const { id: secretId } = rotated.secret;
    const revoked = await latchkey.mutate(RevokeSecret, { secretId }, { repeatable: false });
    carriedOut(revoked.data?.revokeOAuthClientSecret, revoked);
  }
  return newSecret(latchkey, clientId, oldSecretsLive);
}

/** Prints a secret, the only time that anybody sees it. */
export function printSecret(clientId: string, secret: string | null | undefined): void {
  console.log(`client_id      ${clientId}`);
  console.log(
    `client_secret  ${present(secret, { data: undefined, failure: undefined }, 'The answer has no secret.')}`,
  );
  console.log('The secret is shown this once: keep it where your app finds it.');
}
