// `register`: a new OAuth client and its secret, even when the network fails half-way.
import { randomUUID } from 'node:crypto';
import { graphql } from '../generated/gql.js';
import { carriedOut, type Latchkey, present } from '../latchkey.js';
import { newSecret, printSecret } from '../secrets.js';
import { exactly } from '../usage.js';

const RegisterClient = graphql(`
  mutation RegisterClient($input: CreateOAuthClientInput!) {
    createOAuthClient(input: $input) {
      clientSecret
      replayed
      oauthClient {
        id
        clientId
        name
        redirectUris
        scopes
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export async function register(latchkey: Latchkey, args: string[]): Promise<void> {
  const [name, redirectUri] = exactly(args, 'name', 'redirect URI');
  // One key for all attempts at this one registration: however often it is sent, there will be one client.
  const input = { name, redirectUris: [redirectUri], idempotencyKey: randomUUID() };
  const answer = await latchkey.mutate(RegisterClient, { input }, { repeatable: true });
  const payload = carriedOut(answer.data?.createOAuthClient, answer);
  const client = present(payload.oauthClient, answer, 'The client was registered and is gone again.');

  let secret = payload.clientSecret;
  if (payload.replayed) {
    // An earlier attempt was carried out and its answer lost, with the secret: that one ends now, unseen.
    ({ clientSecret: secret } = await newSecret(latchkey, client.clientId, 0));
  }
  console.log(
    `Registered ${client.name} for ${client.scopes.join(' ')}, redirecting to ${client.redirectUris.join(', ')}.`,
  );
  printSecret(client.clientId, secret);
}
