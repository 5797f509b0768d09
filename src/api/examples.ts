/**
 * Owns which example operations GraphiQL opens as tabs on a first visit, in the order a newcomer needs them: a tab for each job.
 * Leaves to others: showing them (graphiql.tsx) and the documents (examples/).
 */
import { apiExamples } from './examples/apis.js';
import { clientExamples } from './examples/clients.js';
import { credentialExamples } from './examples/credentials.js';
import type { Example } from './examples/example.js';
import { peopleExamples } from './examples/people.js';

const whoAmI: Example = {
  name: 'Who am I',
  query: `# Welcome to Latchkey's GraphQL API.
# Press ▶ or Ctrl-Enter to run this query.
#
# Each tab is a job. Where one holds several
# operations, ▶ asks which to run, and Ctrl-Enter
# runs the one at the cursor. Fill in what begins
# with PASTE in the pane "Variables" below, and
# empty names: before that, nothing that is there
# is changed.
#
# "Docs" (the book) describes every type and field,
# and Ctrl-Space completes what you type.
# docs/graphql.md tells of every job with its
# answers, /graphql/schema.graphql is the schema as
# a file.
query WhoAmI {
  viewer {
    role
    permissions
    scopes
    member { id email name }
    apiToken { id name hint }
  }
  account { id name }
  rateLimit { remaining limit resetAt }
}

# People read it on consent pages and in messages.
mutation RenameAccount($name: String!) {
  updateAccount(input: { name: $name }) {
    account { id name }
    userErrors { code message path }
  }
}
`,
  variables: { name: '' },
};

/** The tabs. */
export const examples: readonly Example[] = [
  whoAmI,
  ...clientExamples,
  ...apiExamples,
  ...credentialExamples,
  ...peopleExamples,
];
