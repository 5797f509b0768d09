// `rename`: changes an OAuth client only as it was when it was read, so that nobody's change is overwritten unseen.
import { InputRefused } from '../failures.js';
import { graphql } from '../generated/gql.js';
import { carriedOut, type Latchkey, present } from '../latchkey.js';
import { exactly } from '../usage.js';

const ClientVersion = graphql(`
  query ClientVersion($clientId: String!) {
    oauthClient(clientId: $clientId) {
      id
      name
      version
    }
  }
`);

const RenameClient = graphql(`
  mutation RenameClient($input: UpdateOAuthClientInput!) {
    updateOAuthClient(input: $input) {
      verificationCleared
      oauthClient {
        id
        name
        version
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

async function read(latchkey: Latchkey, clientId: string) {
  const answer = await latchkey.query(ClientVersion, { clientId });
  // null without an error: there is none in this account.
  return present(answer.data?.oauthClient, answer, `There is no client ${clientId} in your account.`);
}

export async function rename(latchkey: Latchkey, args: string[]): Promise<void> {
  const [clientId, name] = exactly(args, 'clientId', 'name');
  const before = await read(latchkey, clientId);
  const input = { id: before.id, version: before.version, name };
  // Not repeatable: had the first attempt been carried out, the second would meet its own change as a conflict.
  const answer = await latchkey.mutate(RenameClient, { input }, { repeatable: false });
  try {
    const { oauthClient, verificationCleared } = carriedOut(answer.data?.updateOAuthClient, answer);
    console.log(`${before.name} is called ${oauthClient?.name ?? name} now.`);
    if (verificationCleared) console.log('An operator has to verify it again before other accounts can sign in.');
  } catch (error) {
    if (!(error instanceof InputRefused && error.has('CONFLICT'))) throw error;
    const now = await read(latchkey, clientId);
    console.error(
      `It is at version ${now.version} now, called ${now.name}; version ${before.version} was to be renamed.`,
    );
    console.error('Look at what has changed, and run this again if it still shall be.');
    throw error;
  }
}
