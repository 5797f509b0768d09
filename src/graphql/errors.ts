// How the GraphQL API says that something is wrong: `userErrors` for what the caller can fix in an input, top-level errors
// with a code for what any field can raise.
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { ForbiddenError, InputError, type InputIssue, OverloadedError, ThrottledError } from '../lib/errors.js';

/** The codes of top-level errors, in `extensions.code`. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_LIMITED'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_LARGE'
  | 'INTERNAL_SERVER_ERROR';

/** A top-level error with its code. */
export function apiError(
  code: ErrorCode,
  message: string,
  options: { original?: unknown; http?: object } = {},
): GraphQLError {
  return new GraphQLError(message, {
    ...(options.original instanceof Error ? { originalError: options.original } : {}),
    extensions: { code, ...(options.http ? { http: options.http } : {}) },
  });
}

/**
 * Runs a mutation's work and gives its payload: what it made with no userErrors, or nothing with all of them.
 * Whatever is not the input's fault is thrown on.
 */
export async function payloadOf<Result extends object>(
  work: () => Promise<Result>,
): Promise<Partial<Result> & { userErrors: readonly InputIssue[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (error instanceof InputError)
      return { userErrors: error.issues } as unknown as Partial<Result> & { userErrors: readonly InputIssue[] };
    throw error;
  }
}

function withCode(error: GraphQLError, code: ErrorCode, message = error.message): GraphQLError {
  return new GraphQLError(message, {
    ...(error.nodes ? { nodes: error.nodes } : {}),
    ...(error.path ? { path: error.path } : {}),
    extensions: { ...error.extensions, code },
  });
}

/**
 * Turns whatever an operation raised into what the caller may see: a code on every error, and no word of a fault of ours but
 * the id under which the log has it.
 */
export function presentError(error: unknown, log: Logger, requestId: string): GraphQLError {
  const graphQLError = error instanceof GraphQLError ? error : new GraphQLError(String(error));
  if (graphQLError.extensions.code !== undefined) return graphQLError;
  const cause = error instanceof GraphQLError ? error.originalError : error;
  if (cause instanceof ForbiddenError) return withCode(graphQLError, 'FORBIDDEN', cause.message);
  if (cause instanceof InputError) return withCode(graphQLError, 'BAD_USER_INPUT', cause.message);
  if (cause instanceof ThrottledError || cause instanceof OverloadedError) {
    return withCode(graphQLError, 'RATE_LIMITED', cause.message);
  }
  // What GraphQL itself or Pothos refuses is the document's or a variable's fault.
  if (error instanceof GraphQLError && (cause === undefined || cause === null || cause instanceof GraphQLError)) {
    return withCode(graphQLError, 'BAD_USER_INPUT');
  }
  log.error({ err: cause }, 'a resolver failed');
  const message = `Something went wrong on our side. Quote ${requestId} when you report it.`;
  return withCode(graphQLError, 'INTERNAL_SERVER_ERROR', message);
}
