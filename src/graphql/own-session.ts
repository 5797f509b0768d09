// What a member may do to themselves alone: in a browser that they are signed in with, and the gravest only shortly after they
// signed in. An API token or an app that acts for them never does it.
import { ForbiddenError } from '../lib/errors.js';
import { isRecent } from '../sessions/service.js';
import { type Caller, type GraphQLContext, requireCaller } from './context-type.js';

/** The caller with their session. @param what as the error begins with it */
export function requireOwnSession(context: GraphQLContext, what: string): Caller {
  const caller = requireCaller(context);
  if (caller.session !== null) return caller;
  throw new ForbiddenError(
    `${what} needs a browser session of your own. Sign in at ${context.deps.config.issuer}/login.`,
  );
}

/** The same, with a sign-in of the last ten minutes. @param what in lower case */
export function requireRecentSession(context: GraphQLContext, what: string): Caller {
  const caller = requireOwnSession(context, what.charAt(0).toUpperCase() + what.slice(1));
  if (caller.session && isRecent(caller.session.authenticatedAt, context.deps.clock())) return caller;
  const { issuer } = context.deps.config;
  throw new ForbiddenError(
    `Sign in again first, at ${issuer}/login?again=1: ${what} needs a sign-in of the last ten minutes.`,
  );
}
