// What can go wrong with an operation, in four kinds that a program treats differently, and what to tell a person.
import type { UserError } from './generated/graphql.js';

/** No answer came, or none from Latchkey: nobody knows whether the operation was carried out. */
export class NoAnswer extends Error {}

/** A top-level error: the operation, or a field of it, failed for a reason that no other input would mend. */
export class ApiError extends Error {
  /** From `extensions.code`. Text rather than a union, since a newer Latchkey may know others. */
  readonly code: string;
  /** From Retry-After, which comes with RATE_LIMITED and SERVICE_UNAVAILABLE. */
  readonly retryAfterSeconds: number | null;

  constructor(code: string, message: string, retryAfterSeconds: number | null) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The payload's `userErrors`: everything about the input that its author can correct. Nothing was changed. */
export class InputRefused extends Error {
  readonly userErrors: readonly UserError[];

  constructor(userErrors: readonly UserError[]) {
    super(userErrors.map(({ message }) => message).join(' '));
    this.userErrors = userErrors;
  }

  has(code: UserError['code']): boolean {
    return this.userErrors.some((error) => error.code === code);
  }
}

/** A field that may be null is null, and nothing failed: there is no such thing, or it is not for the caller to see. */
export class Absent extends Error {}

export type Failure = NoAnswer | ApiError | InputRefused | Absent;

export function isFailure(error: unknown): error is Failure {
  return [NoAnswer, ApiError, InputRefused, Absent].some((kind) => error instanceof kind);
}

/** Says what went wrong and what to do, one thing to a line. */
export function explain(error: Failure): string {
  if (error instanceof InputRefused) {
    // `path` leads into the input: a form would show each message at its field.
    return error.userErrors
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
      .join('\n');
  }
  if (error instanceof NoAnswer) {
    return `${error.message}\nIs Latchkey running, and is LATCHKEY_URL its address?`;
  }
  if (error instanceof Absent) return error.message;
  switch (error.code) {
    case 'UNAUTHENTICATED':
      return `${error.message}\nSet LATCHKEY_TOKEN to an API token that works.`;
    case 'FORBIDDEN':
      return `${error.message}\nThis takes an API token of role ADMIN, of a member who is OWNER or ADMIN.`;
    case 'RATE_LIMITED':
    case 'SERVICE_UNAVAILABLE': {
      const { retryAfterSeconds } = error;
      return retryAfterSeconds === null
        ? error.message
        : `${error.message}\nTry again in ${retryAfterSeconds} seconds.`;
    }
    case 'QUERY_TOO_LARGE':
    case 'BAD_USER_INPUT':
      // The request itself: this program's fault, or that of an id or a cursor that it was given.
      return error.message;
    default:
      // INTERNAL_SERVER_ERROR, whose message has the id under which Latchkey's log says more; and codes yet unknown.
      return `${error.message} (${error.code})`;
  }
}
