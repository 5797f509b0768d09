// What a caller is told of a fault of ours. By itself, so that it can be said without loading GraphQL.

/** @param requestId names the request in the log, which has the details */
export function faultMessage(requestId: string): string {
  return `Something went wrong on our side. Quote ${requestId} when you report it.`;
}
