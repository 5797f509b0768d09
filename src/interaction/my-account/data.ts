// A member's data: downloaded as one file, or deleted with the member.
import { originForAudit } from '../../http/browser.js';
import { InputError, messageAt } from '../../lib/errors.js';
import { sendsMail } from '../../mail/transport.js';
import { deleteMyself, findHeirs, hasServiceTokens } from '../../members/deletion.js';
import { exportMyData } from '../../members/export.js';
import { actorOfMember } from '../../members/service.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { english } from '../../pages/messages.js';
import { AccountDeletedPage, DataPage } from '../../pages/my-account/data.js';
import { isRecent, type LiveSession } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { type MyAccountPart, signInAgain, signInFirst } from './session.js';

/** A deletion that was asked for and refused: what the form held, and what was wrong with it. */
interface Refused {
  readonly confirmEmail: string;
  readonly heir: string;
  readonly error: string;
  readonly confirmError: string | undefined;
  readonly heirError: string | undefined;
}

async function show({ deps, browser }: Flow, c: PageContext, session: LiveSession, refused?: Refused) {
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
    ...refused,
  });
  return respondWithPage(c, page, { status: refused === undefined ? 200 : 400 });
}

function refusalOf(error: InputError, confirmEmail: string, heir: string): Refused {
  const [confirmError, heirError] = [messageAt(error, 'confirmEmail'), messageAt(error, 'transferServiceTokensTo')];
  const isOfField = confirmError !== undefined || heirError !== undefined;
  return { confirmEmail, heir, confirmError, heirError, error: isOfField ? english.dataNotDeleted : error.message };
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
      const [confirmEmail, heir] = [form.get('confirmEmail') ?? '', form.get('heir') ?? null];
      try {
        if (decision === 'export') return await download(flow, c, session);
        if (decision !== 'delete') return c.redirect('/me/data', 303);
        if (!isRecent(session.authenticatedAt, deps.clock())) return signInAgain(c, '/me/data');
        const manager = { actor: actorOfMember(member, originForAudit(c)), memberId: member.id, role: member.role };
        await deleteMyself(deps, manager, {
          confirmEmail,
          transferServiceTokensTo: heir,
        });
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return show(flow, c, session, refusalOf(error, confirmEmail, heir ?? ''));
      }
      browser.cookies.clearSession(c);
      return c.redirect('/account-deleted', 303);
    };
  },
};

/** GET `/account-deleted`. To somebody who is signed in it would not be true. */
export function accountDeletedPage({ deps, browser }: Flow) {
  return async (c: PageContext): Promise<Response> => {
    if (await browser.session(c)) return c.redirect('/me', 303);
    return respondWithPage(c, AccountDeletedPage({ sendsMail: sendsMail(deps.config) }));
  };
}
