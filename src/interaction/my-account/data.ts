// A member's data: downloaded as one file, or deleted with the member.
import { originForAudit } from '../../http/browser.js';
import { InputError } from '../../lib/errors.js';
import { deleteMyself, findHeirs, hasServiceTokens } from '../../members/deletion.js';
import { exportMyData } from '../../members/export.js';
import { actorOfMember } from '../../members/service.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { AccountDeletedPage, DataPage } from '../../pages/my-account/data.js';
import { isRecent, type LiveSession } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { type MyAccountPart, signInAgain, signInFirst } from './session.js';

async function show({ deps, browser }: Flow, c: PageContext, session: LiveSession, error?: string) {
  const { member } = session;
  const isOwner = member.ownerOf !== null;
  const mayDelete = !isOwner && isRecent(session.authenticatedAt, deps.clock());
  const heirs = mayDelete && (await hasServiceTokens(deps, member.id)) ? await findHeirs(deps, member) : null;
  const page = DataPage({
    csrfToken: browser.formTokens.issue(c),
    memberEmail: member.email,
    accountName: member.account.name,
    ...(mayDelete ? {} : { hindrance: isOwner ? 'owner' : 'not recent' }),
    ...(heirs === null ? {} : { heirs: heirs.map(({ id, name }) => ({ id, name: name ?? id })) }),
    ...(error === undefined ? {} : { error }),
  });
  return respondWithPage(c, page, { status: error === undefined ? 200 : 400 });
}

async function download({ deps }: Flow, c: PageContext, { member }: LiveSession) {
  const text = await exportMyData(deps, actorOfMember(member, originForAudit(c)), member.id);
  const day = deps.clock().toISOString().slice(0, 10);
  return c.body(text, 200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Disposition': `attachment; filename="latchkey-${day}.json"`,
    'Cache-Control': 'no-store',
  });
}

/** GET and POST `/me/data`. */
export const data: MyAccountPart = {
  path: '/me/data',
  show(flow) {
    return async (c) => {
      const session = await flow.browser.session(c);
      return session ? show(flow, c, session) : signInFirst(c, '/me/data');
    };
  },
  change(flow) {
    return async (c) => {
      const { deps, browser } = flow;
      const form = await readOwnForm(flow, c);
      const session = await browser.session(c);
      if (!session) return signInFirst(c, '/me/data');
      const { member } = session;
      const decision = form.get('decision');
      try {
        if (decision === 'export') return await download(flow, c, session);
        if (decision !== 'delete') return c.redirect('/me/data', 303);
        if (!isRecent(session.authenticatedAt, deps.clock())) return signInAgain(c, '/me/data');
        const manager = { actor: actorOfMember(member, originForAudit(c)), memberId: member.id, role: member.role };
        await deleteMyself(deps, manager, {
          confirmEmail: form.get('confirmEmail') ?? '',
          transferServiceTokensTo: form.get('heir') ?? null,
        });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return show(flow, c, session, error.message);
      }
      browser.cookies.clearSession(c);
      return c.redirect('/account-deleted', 303);
    };
  },
};

/** GET `/account-deleted`. */
export function accountDeletedPage() {
  return async (c: PageContext): Promise<Response> => respondWithPage(c, AccountDeletedPage({}));
}
