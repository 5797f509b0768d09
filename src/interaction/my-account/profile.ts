// A member's profile: what it says, and a name of their own choice.
import { originForAudit } from '../../http/browser.js';
import { InputError } from '../../lib/errors.js';
import { sendsMail } from '../../mail/transport.js';
import { momentInWords } from '../../mail/words.js';
import { findPendingChange } from '../../members/email-change.js';
import { setMemberName } from '../../members/profile.js';
import { actorOfMember } from '../../members/service.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { english } from '../../pages/messages.js';
import { ProfilePage } from '../../pages/my-account/profile.js';
import { isRecent, type LiveSession } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { type MyAccountPart, signInFirst } from './session.js';

/** What the page says that was done, by what its address says. */
const doneTexts: Readonly<Record<string, string>> = {
  name: english.saved,
  joined: english.joined,
  'email-verify': english.emailVerifySent,
  'email-change': english.emailChangeSent,
  'email-cancel': english.emailCancelled,
  verified: english.emailVerifiedNow,
  changed: english.emailChangedNow,
  password: english.resetDone,
};

interface Shown {
  readonly done?: string;
  readonly error?: string;
  readonly nameError?: string;
  readonly name?: string;
  /** What was wrong about the address. */
  readonly email?: { readonly error: string; readonly newEmail: string };
}

/** Answers with the profile. */
export async function showProfile(
  { deps, browser }: Flow,
  c: PageContext,
  { member, authenticatedAt }: LiveSession,
  { email, ...shown }: Shown = {},
): Promise<Response> {
  const now = deps.clock();
  const pending = await findPendingChange(deps.db, member.id, now);
  const page = ProfilePage({
    email: {
      sendsMail: sendsMail(deps.config),
      canChange: isRecent(authenticatedAt, now),
      ...(pending === null ? {} : { pending: { email: pending.email, until: momentInWords(pending.expiresAt) } }),
      ...email,
    },
    csrfToken: browser.formTokens.issue(c),
    memberEmail: member.email,
    emailVerified: member.emailVerifiedAt !== null,
    accountName: member.account.name,
    role: member.role,
    ...shown,
    name: shown.name ?? member.name ?? '',
  });
  return respondWithPage(c, page, { status: (shown.error ?? email) === undefined ? 200 : 400 });
}

/** GET and POST `/me`. */
export const profile: MyAccountPart = {
  path: '/me',
  show(flow) {
    return async (c) => {
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, '/me');
      const done = doneTexts[c.req.query('done') ?? ''];
      return showProfile(flow, c, session, done === undefined ? {} : { done });
    };
  },
  change(flow) {
    return async (c) => {
      const form = await readOwnForm(flow, c);
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, '/me');
      const name = form.get('name') ?? '';
      try {
        await setMemberName(flow.deps, actorOfMember(session.member, originForAudit(c)), session.memberId, name);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return showProfile(flow, c, session, { error: english.myNameUnchanged, nameError: error.message, name });
      }
      return c.redirect('/me?done=name', 303);
    };
  },
};
