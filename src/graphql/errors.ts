// How the GraphQL API says that something is wrong: `userErrors` for what the caller can fix in an input, top-level errors
// with a code for what any field can raise.
import { PothosError, PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { asUnavailable } from '../db/client.js';
import {
  ForbiddenError,
  InputError,
  type InputIssue,
  OverloadedError,
  ThrottledError,
  type UnavailableError,
} from '../lib/errors.js';
import { faultMessage } from './fault-message.js';

const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'BAD_USER_INPUT',
  'QUERY_TOO_LARGE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;

/** The codes of top-level errors, in `extensions.code`. */
export type ErrorCode = (typeof errorCodes)[number];

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
    if (!(error instanceof InputError)) throw error;
    return { userErrors: error.issues } as unknown as Partial<Result> & { userErrors: readonly InputIssue[] };
  }
}

function retryAfter(error: ThrottledError | OverloadedError | UnavailableError): Readonly<Record<string, string>> {
  return { 'Retry-After': String(error.retryAfterSeconds) };
}

function withCode(
  error: GraphQLError,
  code: ErrorCode,
  message = error.message,
  headers?: Readonly<Record<string, string>>,
): GraphQLError {
  const { nodes = null, source = null, positions = null, path = null, extensions } = error;
  // Yoga takes the status and headers of the answer from `http`. A body that it cannot read it marks by telling of the parser's
  // error, which we do not: that one is to be 400 for clients of every kind, where others of theirs are 200 for some.
  const { http, originalError } = extensions;
  const given = headers === undefined ? http : { ...(http as object), headers };
  const answer = originalError === undefined ? given : { ...(given as object), spec: false };
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions: { ...(answer === undefined ? {} : { http: answer }), code },
  });
}

function present(error: unknown, requestId: string, onFault: (fault: unknown) => void): GraphQLError {
  const graphQLError = error instanceof GraphQLError ? error : new GraphQLError(String(error));
  if (errorCodes.some((code) => code === graphQLError.extensions.code)) return graphQLError;
  const cause = error instanceof GraphQLError ? error.originalError : error;
  // Pothos's errors look like refusals of the request. All but one kind are mistakes of ours.
  const isOurs = [error, cause].some((one) => one instanceof PothosError && !(one instanceof PothosValidationError));
  if (cause instanceof ForbiddenError) return withCode(graphQLError, 'FORBIDDEN', cause.message);
  if (cause instanceof InputError) return withCode(graphQLError, 'BAD_USER_INPUT', cause.message);
  if (cause instanceof ThrottledError) return withCode(graphQLError, 'RATE_LIMITED', cause.message, retryAfter(cause));
  const unavailable = cause instanceof OverloadedError ? cause : asUnavailable(cause);
  if (unavailable) {
    return withCode(graphQLError, 'SERVICE_UNAVAILABLE', unavailable.message, retryAfter(unavailable));
  }
  // What GraphQL itself, Yoga or Pothos refuses, each with codes of its own or none, is the request's fault.
  const isRefusal = graphQLError.extensions.code !== undefined || (cause ?? null) === null;
  if (!isOurs && error instanceof GraphQLError && (isRefusal || cause instanceof GraphQLError)) {
    return withCode(graphQLError, 'BAD_USER_INPUT');
  }
  onFault(cause ?? error);
  return withCode(graphQLError, 'INTERNAL_SERVER_ERROR', faultMessage(requestId));
}

/** Logs faults, each once: what a list fails of fails for all that is in it. */
function logFaults(faults: readonly unknown[], log: Logger): void {
  const fieldsOf = new Map<string, { readonly err: unknown; fields: number }>();
  for (const err of faults) {
    const known = fieldsOf.get(String(err));
    if (known) known.fields += 1;
    else fieldsOf.set(String(err), { err, fields: 1 });
  }
  for (const fault of fieldsOf.values()) log.error(fault, 'a resolver failed');
}

/**
 * Turns whatever an operation raised into what the caller may see: a code on every error, and no word of a fault of ours but
 * the id under which the log has it.
 */
export function presentErrors(errors: readonly unknown[], log: Logger, requestId: string): GraphQLError[] {
  const faults: unknown[] = [];
  const presented = errors.map((error) => present(error, requestId, (fault) => faults.push(fault)));
  logFaults(faults, log);
  return presented;
}
