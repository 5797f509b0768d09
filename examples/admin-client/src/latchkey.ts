// The connection to Latchkey: sends operations with the token, waits and repeats where that is safe, and sorts what comes
// back. Everything here is independent of the commands, and what a program of your own would take over.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AnyVariables, Client, type CombinedError, fetchExchange, type TypedDocumentNode } from '@urql/core';
import type { Configuration } from './configuration.js';
import { Absent, ApiError, InputRefused, NoAnswer } from './failures.js';
import type { UserError } from './generated/graphql.js';

const attempts = 4;
const longestWaitSeconds = 30;
const timeoutMilliseconds = 20_000;

/** Both can be there: what worked is in `data`, and the fields that failed are null in it. */
export interface Answer<Data> {
  readonly data: Data | undefined;
  readonly failure: NoAnswer | ApiError | undefined;
}

export interface Latchkey {
  query<Data, Variables extends AnyVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Answer<Data>>;
  /**
   * @param options.repeatable whether sending it twice does no more than sending it once, as with an `idempotencyKey`.
   * Only then is it sent again when no answer came.
   */
  mutate<Data, Variables extends AnyVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options: { readonly repeatable: boolean },
  ): Promise<Answer<Data>>;
}

export function connect({ endpoint, token }: Configuration): Latchkey {
  const client = new Client({
    url: endpoint,
    // One operation after another and no page to keep up to date: no cache. In a browser, put cacheExchange before it.
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
    fetch: (input, init) => {
      const timeout = AbortSignal.timeout(timeoutMilliseconds);
      return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
    },
  });

  async function send<Data>(
    repeatable: boolean,
    once: () => Promise<{ data?: Data; error?: CombinedError }>,
  ): Promise<Answer<Data>> {
    for (let attempt = 1; ; attempt += 1) {
      const { data, error } = await once();
      const failure = error && failureOf(error);
      const wait = failure ? waitBeforeRepeating(failure, attempt, repeatable) : null;
      if (wait === null || attempt === attempts) return { data: data ?? undefined, failure };
      console.error(`${failure?.message} Trying again in ${wait} s…`);
      await sleep(wait * 1000);
    }
  }

  return {
    query: (document, variables) => send(true, () => client.query(document, variables).toPromise()),
    mutate: (document, variables, { repeatable }) =>
      send(repeatable, () => client.mutation(document, variables).toPromise()),
  };
}

/** How many seconds to wait before the operation is sent again; null when it must not be, or waiting is no use. */
function waitBeforeRepeating(failure: NoAnswer | ApiError, attempt: number, repeatable: boolean): number | null {
  if (failure instanceof NoAnswer) return repeatable ? 2 ** (attempt - 2) : null;
  // Nobody knows whether it was carried out, as when no answer came.
  if (failure.code === 'SERVICE_UNAVAILABLE' && !repeatable) return null;
  // The other one is refused before anything was done, so that even what is not repeatable can be sent again.
  if (failure.code !== 'SERVICE_UNAVAILABLE' && failure.code !== 'RATE_LIMITED') return null;
  const wait = failure.retryAfterSeconds ?? 1;
  return wait <= longestWaitSeconds ? wait : null;
}

function failureOf(error: CombinedError): NoAnswer | ApiError {
  const [first] = error.graphQLErrors;
  if (!first) return new NoAnswer(reasonOf(error));
  const response: Response | undefined = error.response;
  const retryAfter = Number.parseInt(response?.headers.get('Retry-After') ?? '', 10);
  const message = error.graphQLErrors.map((one) => one.message).join(' ');
  return new ApiError(String(first.extensions.code), message, Number.isNaN(retryAfter) ? null : retryAfter);
}

function reasonOf({ networkError, response }: CombinedError): string {
  // fetch says only that it failed; the cause says how.
  const { cause } = networkError ?? {};
  const reason = cause instanceof Error ? cause.message : networkError?.message;
  const status = response instanceof Response && !response.ok ? `status ${response.status}` : undefined;
  return `No answer came (${status ?? reason ?? 'no reason given'}).`;
}

/**
 * The value of a field that may be null.
 * @throws the failure that came with the answer, or Absent with these words when nothing failed and it is null all the same
 */
export function present<Value>(
  value: Value | null | undefined,
  { failure }: Answer<unknown>,
  otherwise: string,
): Value {
  if (value !== null && value !== undefined) return value;
  throw failure ?? new Absent(otherwise);
}

/**
 * The payload of a mutation that was carried out. A failure beside it means that only a field inside it could not be
 * read: the change is made, and a secret in it is not to be lost for that.
 * @throws InputRefused for userErrors, or the failure that left no payload
 */
export function carriedOut<Payload extends { readonly userErrors: readonly UserError[] }>(
  payload: Payload | null | undefined,
  answer: Answer<unknown>,
): Payload {
  const given = present(payload, answer, 'The answer has no payload.');
  if (given.userErrors.length > 0) throw new InputRefused(given.userErrors);
  if (answer.failure) console.error(`Done, but the answer is not complete: ${answer.failure.message}`);
  return given;
}
