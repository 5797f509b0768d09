// Relay at work on a running Latchkey: its store follows what is fetched, paged, registered, renamed and deleted. A program
// with LATCHKEY_URL and LATCHKEY_TOKEN that prints what the store held at each step, as JSON.
import {
  commitLocalUpdate,
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  type GraphQLTaggedNode,
  getRequest,
  getSingularSelector,
  type MutationParameters,
  Network,
  type ReaderFragment,
  RecordSource,
  Store,
} from 'relay-runtime';
import clientFragment, { type documents_client$data } from './generated/documents_client.graphql';
import clientsFragment, { type documents_clients$data } from './generated/documents_clients.graphql';
import updatableFragment, { type documents_updatable$key } from './generated/documents_updatable.graphql';
import refetchQuery, { type documentsClientRefetchQuery } from './generated/documentsClientRefetchQuery.graphql';
import pageQuery, { type documentsClientsPageQuery } from './generated/documentsClientsPageQuery.graphql';
import clientsQuery, { type documentsClientsQuery } from './generated/documentsClientsQuery.graphql';
import deleteMutation, { type documentsDeleteMutation } from './generated/documentsDeleteMutation.graphql';
import registerMutation, { type documentsRegisterMutation } from './generated/documentsRegisterMutation.graphql';
import renameMutation, { type documentsRenameMutation } from './generated/documentsRenameMutation.graphql';
import revokeMutation, { type documentsRevokeSecretMutation } from './generated/documentsRevokeSecretMutation.graphql';

const environment = new Environment({
  store: new Store(new RecordSource()),
  network: Network.create(async ({ text }, variables) => {
    const response = await fetch(new URL('/graphql', process.env.LATCHKEY_URL), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.LATCHKEY_TOKEN}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  }),
});

function mutate<Mutation extends MutationParameters>(mutation: GraphQLTaggedNode, variables: Mutation['variables']) {
  return new Promise<Mutation['response']>((resolve, reject) => {
    commitMutation<Mutation>(environment, {
      mutation,
      variables,
      onCompleted: (response, errors) => (errors ? reject(new Error(JSON.stringify(errors))) : resolve(response)),
      onError: reject,
    });
  });
}

// Kept, as a component on the screen would keep it: what nobody shows, the store forgets.
const shown = createOperationDescriptor(getRequest(clientsQuery), {});
environment.retain(shown);

/** The data of a fragment where it is spread, which in React a hook reads. */
function read<Data>(fragment: ReaderFragment, place: unknown): Data {
  const selector = getSingularSelector(fragment, place);
  if (!selector) throw new Error(`The data does not hold the fragment ${fragment.name}.`);
  return environment.lookup(selector).data as Data;
}

function list() {
  const { oauthClients } = read<documents_clients$data>(clientsFragment, environment.lookup(shown.fragment).data);
  if (!oauthClients) throw new Error('The list is not in the store.');
  return oauthClients;
}

function names() {
  return list().edges.map(({ node }) => node.name);
}

function find(name: string) {
  const found = list().edges.find(({ node }) => node.name === name);
  if (!found) throw new Error(`${name} is not in the list, which holds ${names().join(', ')}.`);
  return { node: found.node, client: read<documents_client$data>(clientFragment, found.node) };
}

function register(name: string, connections: string[]) {
  const input = { name, redirectUris: ['https://app.example.com/callback'] };
  return mutate<documentsRegisterMutation>(registerMutation, { input, connections });
}

async function session() {
  const steps: Record<string, unknown> = {};
  for (const name of ['Beech', 'Alder', 'Cedar']) await register(name, []);

  await fetchQuery<documentsClientsQuery>(environment, clientsQuery, {}).toPromise();
  steps.firstPage = names();
  const { __id: connection, pageInfo } = list();
  await fetchQuery<documentsClientsPageQuery>(environment, pageQuery, { cursor: pageInfo.endCursor }).toPromise();
  steps.bothPages = names();

  const registered = await register('Dogwood', [connection]);
  steps.secret = registered.createOAuthClient?.clientSecret?.slice(0, 4);
  steps.appended = names();

  const { node, client } = find('Dogwood');
  const { id, version, secrets } = client;
  commitLocalUpdate(environment, (store) => {
    // What the compiler makes of an updatable fragment has no type in @types/relay-runtime.
    const fragment = updatableFragment as unknown as GraphQLTaggedNode;
    const { updatableData } = store.readUpdatableFragment(fragment, node as unknown as documents_updatable$key);
    updatableData.name = 'Elder, as Latchkey does not know yet';
    updatableData.createdBy = null;
  });
  steps.updatedLocally = names();
  await mutate<documentsRenameMutation>(renameMutation, { input: { id, version, name: 'Elder' } });
  steps.renamed = names();

  await mutate<documentsRevokeSecretMutation>(revokeMutation, { secretId: secrets[0]?.id ?? '' });
  steps.secretsLeft = find('Elder').client.secrets;
  await fetchQuery<documentsClientRefetchQuery>(environment, refetchQuery, { id }).toPromise();
  steps.versionAfterRefetch = find('Elder').client.version;

  await mutate<documentsDeleteMutation>(deleteMutation, { id, connections: [connection] });
  steps.deleted = names();
  return steps;
}

session().then(
  (steps) => process.stdout.write(JSON.stringify(steps)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
