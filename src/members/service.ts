// Members: created, given a password, and recognised by it. Sessions are begun by the interaction that asked.
import { type Actor, recordAudit, recordRefusal } from '../audit/service.js';
import { inTransaction, isUniqueViolation, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import { sha256 } from '../lib/crypto.js';
import { emailKey, isEmail, longestEmail } from '../lib/email.js';
import { ForbiddenError, InputError, type InputIssue, inputError } from '../lib/errors.js';
import type { HashTurn } from '../lib/hasher.js';
import { networkOf } from '../lib/network.js';
import type { Role } from '../lib/roles.js';
import { faultsOfName } from '../lib/text-rules.js';
import { type MailDeps, queueMail } from '../mail/deliveries.js';
import { endEverythingOfMember, endingSessions } from '../sessions/service.js';
import { holdMember } from './hold.js';
import { passwordChangedMail } from './mails.js';
import { endAllLinks } from './one-time-links.js';
import { faultsOfPassword, longestPassword, normalisePassword } from './password.js';
import { attemptOf, type BrowserOfAttempt, unknownBrowser } from './sign-in-attempt.js';

/** The texts by which a member is found and sorted, to be written whenever their name or address is. */
export function searchTextsOf(member: { readonly email: string; readonly name: string | null }) {
  const name = member.name?.toLowerCase() ?? '';
  return { nameKey: name, searchText: `${emailKey(member.email)} ${name}` };
}

export interface NewMember {
  readonly email: string;
  readonly name: string | null;
  readonly role: Role;
  readonly password: string | null;
  /** Whether the address is known to be theirs: whoever runs the service vouches for those that they enter, unless they say so. */
  readonly isEmailVerified?: boolean;
}

/** Everything that is wrong with a new member. */
export async function faultsOfMember(member: NewMember): Promise<InputIssue[]> {
  const issues: InputIssue[] = [];
  if (!isEmail(member.email.trim())) {
    issues.push({ code: 'INVALID', message: 'This is not an e-mail address.', path: ['email'] });
  }
  if (member.name !== null) issues.push(...faultsOfName(member.name, ['name']));
  if (member.password !== null) issues.push(...(await faultsOfPassword(member.password)));
  return issues;
}

/**
 * Hashes what a new member needs hashed and returns the write, to be run inside a transaction: hashing never is.
 * @throws InputError with everything that is wrong
 */
export async function prepareMember(deps: Pick<Deps, 'clock' | 'newId' | 'hasher'>, member: NewMember) {
  const issues = await faultsOfMember(member);
  if (issues.length > 0) throw new InputError(issues);
  const passwordHash =
    member.password === null ? null : await deps.hasher.hash(normalisePassword(member.password), 'operator');
  return async function insert(tx: Tx, actor: Actor, accountId: string) {
    const now = deps.clock();
    const created = await tx.member.create({
      data: {
        id: deps.newId('member'),
        accountId,
        email: member.email.trim(),
        emailKey: emailKey(member.email),
        emailVerifiedAt: (member.isEmailVerified ?? true) ? now : null,
        name: member.name?.trim() ?? null,
        ...searchTextsOf({ email: member.email, name: member.name?.trim() ?? null }),
        role: member.role,
        ownerOf: member.role === 'OWNER' ? accountId : null,
        passwordHash,
        createdAt: now,
        updatedAt: now,
      },
    });
    await recordAudit(tx, deps, actor, {
      action: 'MEMBER_CREATED',
      accountId,
      targetId: created.id,
      targetLabel: created.email,
      changes: [{ field: 'role', before: null, after: created.role }],
    });
    return created;
  };
}

/** The error for an address that a member has already. */
export function emailTaken(error: unknown, path: readonly string[] = ['email']): unknown {
  if (!isUniqueViolation(error, 'emailKey')) return error;
  return inputError('TAKEN', 'A member with this e-mail address exists already.', ...path);
}

/**
 * Creates a member of an account, as the operator does.
 * @throws InputError with everything that is wrong
 */
export async function createMember(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'hasher'>,
  actor: Actor,
  accountId: string,
  member: NewMember,
) {
  const account = await deps.db.account.findUnique({ where: { id: accountId } });
  if (!account) throw inputError('NOT_FOUND', `There is no account ${accountId}.`, 'account');
  if (member.role === 'OWNER') {
    throw inputError('NOT_ALLOWED', 'An account has one owner, made with it.', 'role');
  }
  const insert = await prepareMember(deps, member);
  try {
    return await inTransaction(deps.db, (tx) => insert(tx, actor, accountId));
  } catch (error) {
    throw emailTaken(error);
  }
}

/**
 * Writes a new password, hashed already, and ends all sessions of the member, all tokens that apps hold for them, and the links
 * that were sent to them. To be run by `endingSessions`.
 */
export async function writePassword(
  tx: Tx,
  deps: MailDeps,
  actor: Actor,
  member: { readonly id: string; readonly email: string; readonly accountId: string },
  passwordHash: string,
  now: Date,
): Promise<void> {
  await tx.member.update({ where: { id: member.id }, data: { passwordHash, updatedAt: now } });
  await endEverythingOfMember(tx, deps, member.id, now);
  // Whoever asked for them may be whom the new password is to keep out.
  await endAllLinks(tx, member.id, now);
  const target = { accountId: member.accountId, targetId: member.id, targetLabel: member.email };
  await recordAudit(tx, deps, actor, { action: 'MEMBER_PASSWORD_SET', ...target });
  await queueMail(tx, deps, passwordChangedMail(member));
}

/**
 * Sets a member's password and ends all their sessions and tokens.
 * @throws InputError NOT_FOUND, or what is wrong with the password
 */
export async function setPassword(
  deps: Pick<Deps, 'db' | 'hasher' | 'logoutCourier'> & MailDeps,
  actor: Actor,
  email: string,
  password: string,
): Promise<void> {
  const issues = await faultsOfPassword(password);
  if (issues.length > 0) throw new InputError(issues);
  const passwordHash = await deps.hasher.hash(normalisePassword(password), actor.ipAddress ?? 'operator');
  await endingSessions(deps, async (tx) => {
    const member = await holdMember(tx, { emailKey: emailKey(email) });
    if (!member) throw inputError('NOT_FOUND', `There is no member ${email}.`, 'email');
    await writePassword(tx, deps, actor, member, passwordHash, deps.clock());
  });
}

/** Where a sign-in comes from. */
export interface SignInOrigin {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** The member themselves as the actor of what they do in the browser. */
export function actorOfMember(
  member: { id: string; email: string; accountId: string },
  origin: SignInOrigin,
): Actor & { accountId: string } {
  return {
    kind: 'MEMBER',
    id: member.id,
    label: member.email,
    accountId: member.accountId,
    memberId: member.id,
    viaClientId: null,
    ...origin,
  };
}

/** Notes a refused sign-in of a member. For nobody the same is written, and taken back before anybody can see it. */
async function noteRefusal(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  origin: SignInOrigin,
  member: { id: string; email: string; accountId: string } | null,
  key: string,
): Promise<void> {
  const { id, email, accountId } = member ?? { id: key, email: '', accountId: '' };
  const actor = actorOfMember({ id, email, accountId }, origin);
  await inTransaction(deps.db, async (tx) => {
    const refusal = { action: 'SIGN_IN_REFUSED', targetId: id, targetLabel: email } as const;
    const entryId = await recordRefusal({ ...deps, db: tx }, actor, refusal);
    await tx.auditLogEntry.deleteMany({ where: { id: member ? '' : entryId } });
  });
}

/**
 * Recognises a member by e-mail address and password. Unknown addresses cost and answer the same as wrong passwords. That a
 * member is suspended is told to those alone who know the password.
 * @returns the member, or null
 * @throws ForbiddenError for the right password of somebody who is suspended
 * @throws ThrottledError after too many failures or requests, OverloadedError when the hash queue is full
 */
export async function authenticateMember(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'hasher' | 'throttles'>,
  origin: SignInOrigin,
  email: string,
  password: string,
  browser: BrowserOfAttempt = unknownBrowser,
) {
  // Before normalising, which takes time by the square of combining characters: nothing of this length can be right.
  const key = email.length > longestEmail ? '' : emailKey(email);
  const text = password.length > 4 * longestPassword ? '' : normalisePassword(password);
  const address = networkOf(origin.ipAddress ?? '');
  const member = await deps.db.member.findUnique({ where: { emailKey: key } });
  const mark = member && browser.markOf(member);
  const known = member && mark !== null ? { memberId: member.id, mark } : null;
  browser.admit(known?.memberId ?? null);
  const attempt = attemptOf(deps.throttles, sha256(key), address, known);
  // Before the queue too: whoever is refused anyhow must not take places in it.
  await attempt.check();
  const hasSignIn = member?.status === 'ACTIVE' || member?.status === 'SUSPENDED';
  const hash = hasSignIn && [...text].length <= longestPassword ? member.passwordHash : null;
  const check = async (turn: HashTurn) => {
    await attempt.check();
    const verified = hash === null ? await turn.burn(text.slice(0, longestPassword)) : await turn.verify(hash, text);
    if (!verified) await attempt.fail();
    return verified;
  };
  const right = await deps.hasher.inTurn(attempt.line, check, attempt.lane);
  if (!member || !right || member.status !== 'ACTIVE') {
    await noteRefusal(deps, origin, member, sha256(key));
    if (!member || !right) return null;
    const account = await deps.db.account.findUniqueOrThrow({ where: { id: member.accountId } });
    throw new ForbiddenError(`Your membership is suspended. Ask an admin of ${account.name}.`);
  }
  await attempt.forgive();
  if (deps.hasher.isOutdated(member.passwordHash ?? '')) {
    const passwordHash = await deps.hasher.hash(text, address);
    const unchanged = { id: member.id, passwordHash: member.passwordHash };
    const { count } = await deps.db.member.updateMany({ where: unchanged, data: { passwordHash } });
    if (count === 1) return { ...member, passwordHash };
  }
  return member;
}
