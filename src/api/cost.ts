// What an operation costs: refused when it is too much for one, counted against what its caller may spend in a minute, and
// told to the caller in `extensions.cost`, in headers and in the field `rateLimit`. What a field costs is said where it is
// declared (complexity).
import { complexityFromQuery } from '@pothos/plugin-complexity';
import { type DocumentNode, GraphQLError, getOperationAST, Kind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Caller, Usage } from '../graphql/context-type.js';
import { apiError } from '../graphql/errors.js';
import { rateLimitHeaders } from '../http/request-limits.js';
import { RateLimitedError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import { schema } from './schema.js';
import type { ServerContext } from './yoga.js';

/** How much one operation may ask for, with its fragments put in and its lists as long as they were asked for. */
const most = { complexity: 10_000, depth: 12, breadth: 120 } as const;

type Measure = Record<keyof typeof most, number>;

/** Measures the operation that will run. @returns null for what execution itself refuses, such as variables of a wrong type */
function measure(document: DocumentNode, operationName: string | null | undefined, variables: object): Measure | null {
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  try {
    const definitions = [operation, ...fragments];
    return complexityFromQuery(
      { kind: Kind.DOCUMENT, definitions },
      { schema, variables: variables as Record<string, unknown> },
    );
  } catch (error) {
    if (error instanceof GraphQLError) return null;
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

/** The Yoga plugin that measures, refuses and reports. */
export function costPlugin(): Plugin<ServerContext> {
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const measured = measure(args.document, args.operationName, args.variableValues ?? {});
      if (measured === null) return undefined;
      const excess = excessOf(measured);
      if (excess !== null) {
        setResultAndStopExecution({ errors: [apiError('QUERY_TOO_LARGE', excess)] });
        return undefined;
      }
      const { caller, deps, ipAddress, spent } = args.contextValue;
      try {
        spent.usage = {
          cost: measured.complexity,
          ...(await deps.budget.spend(payer(caller, ipAddress), measured.complexity)),
        };
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error;
        const http = { status: 429, headers: { 'Retry-After': String(error.retryAfterSeconds) } };
        setResultAndStopExecution({ errors: [apiError('RATE_LIMITED', error.message, { http })] });
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
