// What an operation costs: refused when it is too much for one, counted against what its caller may spend in a minute, and
// told to the caller in `extensions.cost`, in headers and in the field `rateLimit`. What a field costs is said where it is
// declared (complexity).
import { complexityFromQuery } from '@pothos/plugin-complexity';
import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Caller, Usage } from '../graphql/context-type.js';
import { apiError } from '../graphql/errors.js';
import { rateLimitHeaders } from '../http/request-limits.js';
import { RateLimitedError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { schema } from './schema.js';
import type { ServerContext } from './server-context.js';

/** How much one operation may ask for, with its fragments put in and its lists as long as they were asked for. */
const most = { complexity: 10_000, depth: 12, breadth: 120 } as const;

type Measure = Record<keyof typeof most, number>;

/** What counts for an operation that cannot be measured, which is not run. */
const least: Measure = { complexity: 1, depth: 1, breadth: 1 };

/** A variable that measuring sees and execution does not: of the object that variables are put in, it is the prototype. */
const unseenVariable = '__proto__';

/** Why an operation cannot be measured: what is wrong with its variables, all of it, or with the arguments made of them. */
function faultsOf(operation: OperationDefinitionNode, variables: Record<string, unknown>, error: GraphQLError) {
  return getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 50 }).errors ?? [error];
}

/** A refusal of the whole operation, with the status that execution gives for variables of a wrong type. */
function refusalOf({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { http: { status: 400 } } });
}

/**
 * Measures the operation that will run. With faults it is not to be run, for its cost is not known: execution refuses the field
 * alone whose arguments are wrong, and goes on with all others.
 */
function measure({ document, operationName, variableValues }: ExecutionArgs): {
  readonly measured: Measure;
  readonly faults: readonly GraphQLError[];
} {
  const operation = getOperationAST(document, operationName);
  const unmeasured = (faults: readonly GraphQLError[]) => ({ measured: least, faults });
  if (!operation) return unmeasured([new GraphQLError('Could not determine what operation to execute.')]);
  const unseen = operation.variableDefinitions?.find(({ variable }) => variable.name.value === unseenVariable);
  if (unseen) {
    return unmeasured([new GraphQLError(`No variable can be called "$${unseenVariable}".`, { nodes: unseen })]);
  }
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const variables = variableValues ?? {};
  try {
    const definitions = [operation, ...fragments];
    return { measured: complexityFromQuery({ kind: Kind.DOCUMENT, definitions }, { schema, variables }), faults: [] };
  } catch (error) {
    if (error instanceof GraphQLError) return unmeasured(faultsOf(operation, variables, error));
    throw error;
  }
}

function excessOf(measured: Measure): string | null {
  const name = (Object.keys(most) as (keyof Measure)[]).find((kind) => measured[kind] > most[kind]);
  if (name === undefined) return null;
  return `The operation asks for too much at once: its ${name} is ${measured[name]}, and ${most[name]} is the most. Split it, or ask for fewer items.`;
}

/** Whose budget a request is paid from: a token has its own, a browser the member's, a nameless caller its network's. */
function payer(caller: Caller | null, ipAddress: string | null): string {
  if (!caller) return `anonymous ${networkOf(ipAddress ?? '')}`;
  return caller.apiTokenId ?? `${caller.memberId} ${caller.oauthClientId ?? ''}`;
}

/** The headers that say what a caller has left to spend. */
export function usageHeaders({ limit, remaining, resetAt }: Usage, now: Date): Record<string, string> {
  const resetSeconds = Math.max(0, Math.ceil((resetAt.getTime() - now.getTime()) / 1000));
  return rateLimitHeaders({ name: 'graphql', limit, seconds: 60, remaining, resetSeconds });
}

/** Takes what an operation costs from whoever pays. @returns what they are told when they have not so much left */
async function charge(context: ServerContext, cost: number): Promise<GraphQLError | null> {
  const { caller, deps, ipAddress, spent } = context;
  try {
    spent.usage = { cost, ...(await deps.budget.spend(payer(caller, ipAddress), cost)) };
    return null;
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    const http = { status: 429, headers: { 'Retry-After': String(error.retryAfterSeconds) } };
    return apiError('RATE_LIMITED', error.message, { http });
  }
}

/** The Yoga plugin that measures, refuses and reports. */
export function costPlugin(): Plugin<ServerContext> {
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const { measured, faults } = measure(args);
      const excess = excessOf(measured);
      if (excess !== null) {
        setResultAndStopExecution({ errors: [apiError('QUERY_TOO_LARGE', excess)] });
        return undefined;
      }
      const { spent } = args.contextValue;
      const refusal = await charge(args.contextValue, measured.complexity);
      if (refusal !== null) {
        setResultAndStopExecution({ errors: [refusal] });
        return undefined;
      }
      if (faults.length > 0) {
        setResultAndStopExecution({ errors: faults.map(refusalOf), extensions: { cost: spent.usage } });
        return undefined;
      }
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          setResult({ ...result, extensions: { ...result.extensions, cost: spent.usage } });
        },
      };
    },
  };
}
