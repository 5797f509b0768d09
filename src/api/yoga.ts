// Executes GraphQL requests: Yoga over the schema, with everything off that is not needed. Loading it takes longer than all
// the rest, so routes.ts loads it when it is first needed.
import { type GraphQLError, getOperationAST, isEnumType } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { reasonOf } from '../db/client.js';
import { presentErrors } from '../graphql/errors.js';
import { costPlugin, usageHeaders } from './cost.js';
import { limitsPlugin } from './limits.js';
import { refusalsPlugin } from './refusals.js';
import { schema } from './schema.js';
import type { ServerContext } from './server-context.js';

/** A name is the caller's own choice: whoever takes a token for one should not find it in the log. */
const loggedName = /^(?!lk[a-z]_)\w{1,40}$/;

/** Tells the log which operation runs. */
function operationNamePlugin(): Plugin<ServerContext> {
  return {
    onExecute({ args }) {
      const name = getOperationAST(args.document, args.operationName)?.name?.value;
      if (name !== undefined && loggedName.test(name)) args.contextValue.onOperation(name);
    },
  };
}

/** Whether a result holds nothing that its caller could lose by taking the whole for failed. */
function isEmpty(data: unknown): boolean {
  return (data ?? null) === null || Object.values(data as object).every((field) => field === null);
}

/** Of a value that an enum does not have GraphQL tells what is like it, which may be nothing: this tells all that there is. */
function withChoices(error: GraphQLError): GraphQLError {
  const [, name = ''] = /does not exist in "(\w+)" enum\.$/.exec(error.message) ?? [];
  const type = schema.getType(name);
  const names = isEnumType(type) ? type.getValues().map((value) => value.name) : [];
  // Longer lists, such as the audit log's actions, are for the schema to show.
  if (names.length > 0 && names.length <= 12) error.message += ` It has: ${names.join(', ')}.`;
  return error;
}

/** Gives every error of a result its code, and hides faults of ours. */
function errorsPlugin(): Plugin<ServerContext> {
  return {
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || !('errors' in result) || !result.errors) return;
      const { log, requestId } = serverContext as unknown as ServerContext;
      const errors = presentErrors(result.errors, log, requestId).map(withChoices);
      const unavailable = errors.filter(({ extensions }) => extensions.code === 'SERVICE_UNAVAILABLE');
      if (unavailable.length > 0) {
        const reasons = result.errors.map((error) => reasonOf(error.originalError ?? error));
        log.warn({ reason: reasons[0], fields: unavailable.length }, 'the service cannot be used for the moment');
        // A client that is told so by the status reads no data, which may hold a secret that is shown once.
        if (isEmpty('data' in result ? result.data : null)) {
          for (const { extensions } of unavailable) Object.assign(extensions.http ?? {}, { status: 503 });
        }
      }
      setResult({ ...result, errors });
    },
  };
}

/** One GraphQL request, from a caller that was recognised. */
export type Execute = (request: Request, context: ServerContext) => Promise<Response>;

const yoga = createYoga<ServerContext>({
  schema,
  graphqlEndpoint: '/graphql',
  landingPage: false,
  graphiql: false,
  cors: false,
  multipart: false,
  batching: false,
  logging: false,
  // http/body-limit.ts has looked at the length; counting it here again makes streams of every body.
  maxRequestBodySize: false,
  // errorsPlugin answers for all errors, also for those that execution never sees.
  maskedErrors: false,
  plugins: [limitsPlugin(), operationNamePlugin(), costPlugin(), refusalsPlugin(), errorsPlugin()],
});

/** Executes a request. Every answer may hold a secret shown once, so none is ever stored. */
export const execute: Execute = async (request, context) => {
  const response = await yoga.fetch(request, context);
  const headers = new Headers(response.headers);
  headers.set('Cache-Control', 'no-store');
  const { usage } = context.spent;
  if (usage)
    for (const [name, value] of Object.entries(usageHeaders(usage, context.deps.clock()))) headers.set(name, value);
  return new Response(await response.text(), { status: response.status, headers });
};
