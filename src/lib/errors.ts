// The errors that services raise, as values with a stable code, a public message and a private detail.
// How a transport answers with them is decided in one place per transport: graphql/errors.ts, oauth/error.ts, and
// app.ts for pages.

/** What a caller can fix in an input, as the GraphQL API names it. */
export type InputIssueCode =
  | 'REQUIRED'
  | 'INVALID'
  | 'TOO_LONG'
  | 'TOO_MANY'
  | 'TAKEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'LIMIT_EXCEEDED'
  | 'NOT_ALLOWED'
  | 'LAST_OWNER';

/** One fault of an input. `path` starts inside the input: `['redirectUris', '1']`. */
export interface InputIssue {
  readonly code: InputIssueCode;
  readonly message: string;
  readonly path: readonly string[];
}

/** Everything that is wrong with one input, found at once. */
export class InputError extends Error {
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    super(issues.map((issue) => issue.message).join(' '));
    this.name = 'InputError';
    this.issues = issues;
  }
}

/** One fault of an input. @param path of what is wrong, beginning inside the input */
export function inputError(code: InputIssueCode, message: string, ...path: readonly string[]): InputError {
  return new InputError([{ code, message, path }]);
}

/** What is wrong with one field of an input, in words; undefined when nothing is. */
export function messageAt({ issues }: InputError, field: string): string | undefined {
  const messages = issues.filter(({ path }) => path[0] === field).map(({ message }) => message);
  return messages.length === 0 ? undefined : messages.join(' ');
}

/** The caller is known but may not do this. The message says what would be needed. */
export class ForbiddenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ForbiddenError';
  }
}

/** Too many failed attempts of one kind; try again in `retryAfterSeconds`. */
export class ThrottledError extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, message?: string) {
    const minutes = Math.ceil(retryAfterSeconds / 60);
    super(message ?? `Too many failed attempts. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`);
    this.name = 'ThrottledError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Too many requests, whatever came of them; try again in `retryAfterSeconds`. */
export class TooManyRequestsError extends ThrottledError {
  constructor(retryAfterSeconds: number) {
    super(
      retryAfterSeconds,
      `Too many requests. Try again in ${retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`}.`,
    );
    this.name = 'TooManyRequestsError';
  }
}

/** A caller has spent what it may in a minute; try again in `retryAfterSeconds`. */
export class RateLimitedError extends Error {
  readonly retryAfterSeconds: number;

  constructor(limit: number, retryAfterSeconds: number) {
    super(`Your operations cost more than ${limit} points this minute. Try again in ${retryAfterSeconds} seconds.`);
    this.name = 'RateLimitedError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** More work waits than this process can do in reasonable time; try again in `retryAfterSeconds`. */
export class OverloadedError extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`The service is busy. Try again in ${retryAfterSeconds} seconds.`);
    this.name = 'OverloadedError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What a request needs cannot be used for the moment, and by no fault of the caller; try again in `retryAfterSeconds`. */
export class UnavailableError extends Error {
  readonly retryAfterSeconds: number;
  /** For the log alone. */
  readonly reason: string;

  constructor(retryAfterSeconds: number, reason: string) {
    const wait = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`;
    super(`The service cannot be used for the moment. Try again in ${wait}.`);
    this.name = 'UnavailableError';
    this.retryAfterSeconds = retryAfterSeconds;
    this.reason = reason;
  }
}

/** A call to somebody else's server failed; the message is for whoever named its address. */
export class OutboundError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutboundError';
  }
}
