// `disable` and `enable`: whether anybody gets in through an OAuth client.
import { graphql } from '../generated/gql.js';
import { carriedOut, type Latchkey } from '../latchkey.js';
import { moment } from '../output.js';
import { exactly } from '../usage.js';

const DisableClient = graphql(`
  mutation DisableClient($clientId: String!) {
    disableOAuthClient(input: { clientId: $clientId }) {
      oauthClient {
        id
        name
        disabledAt
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

const EnableClient = graphql(`
  mutation EnableClient($clientId: String!) {
    enableOAuthClient(input: { clientId: $clientId }) {
      oauthClient {
        id
        name
        disabledAt
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

// Both say what shall be, not what to change, so that sending them twice does no harm.
export async function disable(latchkey: Latchkey, args: string[]): Promise<void> {
  const [clientId] = exactly(args, 'clientId');
  const answer = await latchkey.mutate(DisableClient, { clientId }, { repeatable: true });
  const { oauthClient } = carriedOut(answer.data?.disableOAuthClient, answer);
  console.log(
    `${oauthClient?.name ?? clientId} is disabled since ${moment(oauthClient?.disabledAt)}: its tokens are refused.`,
  );
}

export async function enable(latchkey: Latchkey, args: string[]): Promise<void> {
  const [clientId] = exactly(args, 'clientId');
  const answer = await latchkey.mutate(EnableClient, { clientId }, { repeatable: true });
  const { oauthClient } = carriedOut(answer.data?.enableOAuthClient, answer);
  console.log(`${oauthClient?.name ?? clientId} is enabled.`);
}
