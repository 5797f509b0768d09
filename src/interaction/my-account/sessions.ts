// A member's sessions: where they are signed in, and signing out elsewhere.
import { originForAudit } from '../../http/browser.js';
import { InputError } from '../../lib/errors.js';
import { nameOfBrowser } from '../../lib/user-agent.js';
import { actorOfMember } from '../../members/service.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { english } from '../../pages/messages.js';
import { SessionsPage, type ShownSession } from '../../pages/my-account/sessions.js';
import { findLivingSessions, revokeOtherSessions, revokeSession } from '../../sessions/elsewhere.js';
import type { LiveSession } from '../../sessions/service.js';
import { type Flow, readOwnForm } from '../flow.js';
import { type MyAccountPart, signInFirst } from './session.js';

const path = '/me/sessions';

/** What the page says that was done, by what its address says. */
const doneTexts: Readonly<Record<string, string>> = {
  one: english.mySessionsEnded,
  others: english.mySessionsOthersEnded,
};

/** This one first, then the newest. */
async function shownSessions({ deps }: Flow, current: LiveSession): Promise<ShownSession[]> {
  const living = await findLivingSessions(deps, current.memberId);
  const isCurrent = ({ id }: { readonly id: string }) => id === current.id;
  const others = living.filter((session) => !isCurrent(session));
  const sorted = [living.find(isCurrent) ?? current, ...others];
  return sorted.map((session) => ({
    id: session.id,
    // The first word of a heading, which is a name or the `an` of an unknown one.
    browser: nameOfBrowser(session.userAgent).replace(/^./, (letter) => letter.toUpperCase()),
    ...(session.ipAddress === null ? {} : { ipAddress: session.ipAddress }),
    signedInAt: session.authenticatedAt,
    lastActiveAt: session.lastActiveAt,
    isCurrent: isCurrent(session),
  }));
}

/** GET and POST `/me/sessions`. */
export const sessions: MyAccountPart = {
  path,
  show(flow) {
    return async (c) => {
      const { browser } = flow;
      const session = await browser.session(c);
      if (!session) return signInFirst(c, path);
      const done = doneTexts[c.req.query('done') ?? ''];
      const page = SessionsPage({
        csrfToken: browser.formTokens.issue(c),
        memberEmail: session.member.email,
        sessions: await shownSessions(flow, session),
        ...(done === undefined ? {} : { done }),
      });
      return respondWithPage(c, page);
    };
  },
  change(flow) {
    return async (c) => {
      const form = await readOwnForm(flow, c);
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, path);
      const { member } = session;
      const actor = actorOfMember(member, originForAudit(c));
      // On this page everybody has to do with their own.
      const holder = { accountId: member.accountId, memberId: member.id, permissions: [] };
      const named = form.get('session') ?? '';
      if (named === 'others') {
        await revokeOtherSessions(flow.deps, actor, holder, null, session.id);
        return c.redirect(`${path}?done=others`, 303);
      }
      try {
        await revokeSession(flow.deps, actor, holder, named);
      } catch (error) {
        // Deleted meanwhile: the list shows what is left.
        if (error instanceof InputError) return c.redirect(path, 303);
        throw error;
      }
      return c.redirect(`${path}?done=one`, 303);
    };
  },
};
