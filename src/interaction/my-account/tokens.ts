// A member's API tokens. A new one is shown in the very answer to the form that made it, and not after a redirect: whatever could
// be asked for again could show it again. Each form has a mark by which it makes one token, however often it is sent.
import { findOwnToken, findOwnTokens } from '../../api-tokens/own.js';
import { managesAll, type TokenManager } from '../../api-tokens/rules.js';
import { createApiToken, findCreatedToken, revokeApiToken, rotateApiToken } from '../../api-tokens/service.js';
import { originForAudit } from '../../http/browser.js';
import type { Parameters } from '../../http/form.js';
import { once } from '../../idempotency/service.js';
import { InputError, inputError, messageAt } from '../../lib/errors.js';
import { isWithinRole, type Role, tokenRoles } from '../../lib/roles.js';
import { momentInWords } from '../../mail/words.js';
import { actorOfMember } from '../../members/service.js';
import { pageError, respondWithPage } from '../../oauth/respond-with-page.js';
import { english, fill } from '../../pages/messages.js';
import { NewTokenPage, overlapChoices, TokenPage } from '../../pages/my-account/token.js';
import { expiryChoices } from '../../pages/my-account/token-fields.js';
import { type TokenDraft, TokensPage } from '../../pages/my-account/tokens.js';
import type { LiveSession } from '../../sessions/service.js';
import { type Flow, type PageContext, readOwnForm } from '../flow.js';
import { type MyAccountPart, signInFirst } from './session.js';

const path = '/me/tokens';
const pageSize = 50;
const dayMilliseconds = 86_400_000;

type TokenRow = NonNullable<Awaited<ReturnType<typeof findOwnToken>>>;

/** Everything that an answer takes. */
interface Visit {
  readonly flow: Flow;
  readonly c: PageContext;
  readonly session: LiveSession;
  readonly manager: TokenManager & { readonly actor: ReturnType<typeof actorOfMember> };
}

function visitOf(flow: Flow, c: PageContext, session: LiveSession): Visit {
  const { member } = session;
  const actor = actorOfMember(member, originForAudit(c));
  const manager = { actor, accountId: member.accountId, memberId: member.id, role: member.role };
  return { flow, c, session, manager };
}

function newMark({ flow }: Visit): string {
  return flow.deps.randomBytes(16).toString('base64url');
}

function shown(token: TokenRow, now: Date) {
  const { id, name, role, hint, isService, createdAt, expiresAt, lastUsedAt, replacedById } = token;
  const isExpired = expiresAt !== null && expiresAt <= now;
  return {
    id,
    name,
    role,
    hint,
    isService,
    createdAt,
    expiresAt,
    isExpired,
    isReplaced: replacedById !== null,
    lastUsedAt,
  };
}

const emptyDraft: TokenDraft = { name: '', role: 'READER', expires: '90', isService: false };

async function showList(
  visit: Visit,
  more: { readonly before?: string; readonly done?: string; readonly error?: string; readonly draft?: TokenDraft } = {},
): Promise<Response> {
  const { flow, c, session, manager } = visit;
  const { before = null, draft = emptyDraft, ...said } = more;
  const found = await findOwnTokens(flow.deps.db, session.memberId, before, pageSize + 1);
  const rows = found.slice(0, pageSize);
  const last = found.length > pageSize ? rows.at(-1) : undefined;
  const page = TokensPage({
    csrfToken: flow.browser.formTokens.issue(c),
    memberEmail: session.member.email,
    once: newMark(visit),
    tokens: rows.map((row) => shown(row, flow.deps.clock())),
    ...(last === undefined ? {} : { olderPath: `${path}?before=${last.id}` }),
    isFirstPage: before === null,
    roles: tokenRoles.filter((role) => isWithinRole(role, manager.role)),
    offersService: managesAll(manager),
    draft,
    ...said,
  });
  return respondWithPage(c, page, { status: said.error === undefined ? 200 : 400 });
}

interface Refused {
  readonly error?: string;
  readonly revokeError?: string;
}

function showOne(visit: Visit, token: TokenRow, refused?: Refused): Response {
  const { flow, c, session } = visit;
  const page = TokenPage({
    csrfToken: flow.browser.formTokens.issue(c),
    memberEmail: session.member.email,
    once: newMark(visit),
    token: shown(token, flow.deps.clock()),
    overlap: '86400',
    expires: '90',
    ...refused,
  });
  return respondWithPage(c, page, { status: refused === undefined ? 200 : 400 });
}

/** What a form that makes a token is answered with. */
function showMade(
  visit: Visit,
  made: { readonly apiToken: { readonly name: string } | null; readonly token: string | null },
  previous?: string,
): Promise<Response> | Response {
  const { c, session } = visit;
  if (made.apiToken === null) return showList(visit, { done: english.tokenGone });
  const { name } = made.apiToken;
  if (made.token === null) return showList(visit, { done: fill(english.tokenMadeBefore, { name }) });
  return respondWithPage(
    c,
    NewTokenPage({
      memberEmail: session.member.email,
      name,
      token: made.token,
      ...(previous === undefined ? {} : { previous }),
    }),
  );
}

/** The moment that a choice stands for. Another than those on the page counts as the shortest. */
function expiryOf(choice: string, now: Date): Date | null {
  if (choice === 'never') return null;
  const days = expiryChoices.find((known) => known === choice) ?? expiryChoices[0];
  return new Date(now.getTime() + Number(days) * dayMilliseconds);
}

/** The mark of a form that makes a token. @throws PageError for a form without one, which is none of ours */
function markOf(form: Parameters): string {
  const mark = form.get('once');
  if (mark === undefined || !/^[\w-]{22}$/.test(mark)) throw pageError('formExpired', { status: 403 });
  return `${path} ${mark}`;
}

async function create(visit: Visit, form: Parameters): Promise<Response> {
  const { flow, manager } = visit;
  const { deps } = flow;
  const draft: TokenDraft = {
    name: form.get('name') ?? '',
    role: form.get('role') ?? '',
    expires: form.get('expires') ?? '',
    isService: form.get('service') === 'yes',
  };
  const role: Role = tokenRoles.find((known) => known === draft.role) ?? 'READER';
  const wish = { name: draft.name, role, isService: draft.isService, expiresAt: expiryOf(draft.expires, deps.clock()) };
  const request = { actor: manager.actor, mutation: 'createApiToken', key: markOf(form), input: draft };
  try {
    const made = await once(
      deps,
      request,
      (remember) => createApiToken(deps, manager, wish, remember),
      (id) => findCreatedToken(deps, manager, id),
    );
    return showMade(visit, made);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [nameError, roleError] = [messageAt(error, 'name'), messageAt(error, 'role')];
    const words = nameError === undefined && roleError === undefined ? wordsOf(error) : english.tokenNotCreated;
    return showList(visit, { error: words, draft: { ...draft, nameError, roleError } });
  }
}

/** What the page says of a refusal. */
function wordsOf(error: InputError): string {
  return messageAt(error, 'idempotencyKey') === undefined ? error.message : english.tokenFormUsed;
}

/** Alike for one that is not there and one of somebody else, whatever an admin may do with it elsewhere. */
function unknownToken(): InputError {
  return inputError('NOT_FOUND', english.tokenUnknown, 'id');
}

/** Until when the token works whose place another has taken. */
async function endOfPrevious({ flow, manager }: Visit, id: string): Promise<string> {
  const { clock, db } = flow.deps;
  const until = (await findOwnToken(db, manager.memberId, id))?.expiresAt;
  const works = until && until > clock();
  return works ? fill(english.tokenOldUntil, { time: momentInWords(until) }) : english.tokenOldOver;
}

async function rotate(visit: Visit, form: Parameters): Promise<Response> {
  const { flow, manager } = visit;
  const { deps } = flow;
  const id = form.get('token') ?? '';
  const token = await findOwnToken(deps.db, manager.memberId, id);
  const overlap = overlapChoices.find((known) => known === form.get('overlap')) ?? overlapChoices[0];
  const expires = form.get('expires') ?? '';
  const wish = { previousTokenExpiresInSeconds: Number(overlap), expiresAt: expiryOf(expires, deps.clock()) };
  const input = { id, overlap, expires };
  const request = { actor: manager.actor, mutation: 'rotateApiToken', key: markOf(form), input };
  try {
    const made = await once(
      deps,
      request,
      async (remember) => {
        if (!token) throw unknownToken();
        return rotateApiToken(deps, manager, token.id, wish, remember);
      },
      (madeId) => findCreatedToken(deps, manager, madeId),
    );
    return showMade(visit, made, await endOfPrevious(visit, id));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return token ? showOne(visit, token, { error: wordsOf(error) }) : showList(visit, { error: wordsOf(error) });
  }
}

async function revoke({ flow, c, manager }: Visit, token: TokenRow): Promise<Response> {
  try {
    await revokeApiToken(flow.deps, manager, token.id);
  } catch (error) {
    // Revoked in another window at this very moment: that is what was wanted.
    if (!(error instanceof InputError)) throw error;
  }
  return c.redirect(`${path}?done=revoked`, 303);
}

/** GET and POST `/me/tokens`; with `token`, of that one. */
export const tokens: MyAccountPart = {
  path,
  show(flow) {
    return async (c) => {
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, path);
      const visit = visitOf(flow, c, session);
      const id = c.req.query('token');
      if (id !== undefined) {
        const token = await findOwnToken(flow.deps.db, session.memberId, id);
        return token ? showOne(visit, token) : showList(visit, { error: english.tokenUnknown });
      }
      const before = c.req.query('before');
      const done = c.req.query('done') === 'revoked' ? { done: english.tokenRevoked } : {};
      return showList(visit, { ...(before === undefined ? {} : { before }), ...done });
    };
  },
  change(flow) {
    return async (c) => {
      const form = await readOwnForm(flow, c);
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, path);
      const visit = visitOf(flow, c, session);
      const decision = form.get('decision');
      if (decision === 'create') return create(visit, form);
      if (decision === 'rotate') return rotate(visit, form);
      const token = await findOwnToken(flow.deps.db, session.memberId, form.get('token') ?? '');
      if (decision === 'revoke' && token) {
        return form.get('sure') === 'yes'
          ? revoke(visit, token)
          : showOne(visit, token, { revokeError: english.tokenRevokeUnsure });
      }
      return showList(visit, { error: english.tokenUnknown });
    };
  },
};
