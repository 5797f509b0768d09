// What the GraphQL API refused to a caller that it knows, in the audit log. Who is refused what is the API's part.
import type { Deps } from '../deps.js';
import { type Actor, recordRefusal } from './service.js';

/** How many of one operation's refused fields are written down. */
const mostFields = 10;

/**
 * Writes that a known caller was refused. Whoever asked is the target, so that each has an entry of their own. The answer never
 * fails for it: what cannot be written is logged.
 * @param fields such as `Mutation.createApiToken`; no arguments, nor anything else that is the caller's own text
 */
export async function recordRefusedRequest(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'log'>,
  actor: Actor,
  fields: readonly string[],
): Promise<void> {
  // The operator and the system do not ask the API.
  if (actor.id === null) return;
  try {
    await recordRefusal(deps, actor, {
      action: 'REQUEST_REFUSED',
      targetId: actor.id,
      targetLabel: actor.label,
      changes: fields.slice(0, mostFields).map((field) => ({ field: 'field', before: null, after: field })),
    });
  } catch (error) {
    deps.log.error({ err: error }, 'a refusal was not written to the audit log');
  }
}
