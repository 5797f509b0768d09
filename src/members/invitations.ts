// Invitations: made, sent again, and accepted. Whoever is invited is a member from then on, as INVITED, under an e-mail key that
// no address has: two accounts may invite one person, and neither learns of the other.
import { recordAudit, transactionOf } from '../audit/service.js';
import { inTransaction, isUniqueViolation, type Tx } from '../db/client.js';
import type { Deps } from '../deps.js';
import type { Remember } from '../idempotency/service.js';
import { sha256 } from '../lib/crypto.js';
import { emailKey } from '../lib/email.js';
import { InputError, inputError } from '../lib/errors.js';
import { networkOf } from '../lib/network.js';
import type { Role } from '../lib/roles.js';
import { later } from '../lib/seconds.js';
import { createToken, isToken } from '../lib/secret-format.js';
import { faultsOfName } from '../lib/text-rules.js';
import { type MailDeps, type MailedMember, queueMail } from '../mail/deliveries.js';
import { countWithin } from './counted.js';
import { requireMail } from './mail-needed.js';
import { invitationMail, unusableInvitationMail } from './mails.js';
import { findMemberOf, type MemberManager, requireRoleToGive } from './managed.js';
import { faultsOfPassword, normalisePassword } from './password.js';
import { actorOfMember, faultsOfMember, type SignInOrigin, searchTextsOf } from './service.js';

const validSeconds = 7 * 86_400;

type InvitationDeps = Pick<Deps, 'db' | 'config' | 'throttles'> & MailDeps;

export interface NewInvitation {
  readonly email: string;
  readonly name?: string | null;
  readonly role: Role;
}

function taken(): InputError {
  return inputError('TAKEN', 'A member of this account has this e-mail address, or was invited already.', 'email');
}

const tooMany = 'Too many invitations were sent.';

/** Notes the message with the link, or with the reason why there is none. */
async function queueInvitation(
  tx: Tx,
  deps: InvitationDeps,
  manager: MemberManager,
  invited: MailedMember,
  token: string,
): Promise<void> {
  const { accountId } = manager.actor;
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } });
  const inviter = await tx.member.findUniqueOrThrow({ where: { id: manager.memberId } });
  const about = { invited, accountName: account.name, inviter: inviter.name ?? inviter.email };
  const other = await tx.member.findUnique({ where: { emailKey: emailKey(invited.email) }, select: { id: true } });
  const url = `${deps.config.issuer}/accept-invitation?token=${token}`;
  const mail = other === null ? invitationMail({ ...about, url }) : unusableInvitationMail(about);
  await queueMail(tx, deps, mail, validSeconds);
}

/**
 * Invites somebody to the manager's account. An address that belongs to another account's member is invited like any other: only
 * the message says that it cannot be accepted.
 * @returns the member, INVITED
 * @throws InputError with everything that is wrong: TAKEN within the account, LIMIT_EXCEEDED after 100 in an hour,
 *   NOT_ALLOWED where no message is sent
 */
export async function inviteMember(
  deps: InvitationDeps,
  manager: MemberManager,
  input: NewInvitation,
  remember: Remember = async () => {},
) {
  requireMail(deps.config);
  const name = input.name?.trim() || null;
  const email = input.email.trim();
  const issues = await faultsOfMember({ email, name, role: input.role, password: null });
  try {
    requireRoleToGive(input.role, manager);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
  }
  if (issues.length > 0) throw new InputError(issues);
  const { accountId } = manager.actor;
  await countWithin(deps.throttles.invitation, accountId, tooMany);
  const token = createToken('lki', deps.randomBytes);
  const now = deps.clock();
  const key = emailKey(email);
  const invite = async (tx: Tx) => {
    const other = await tx.member.findUnique({ where: { emailKey: key }, select: { accountId: true } });
    if (other?.accountId === accountId) throw taken();
    const id = deps.newId('member');
    const member = await tx.member.create({
      data: {
        id,
        accountId,
        email,
        // Capitals, which no key has.
        emailKey: `invited ${id}`,
        name,
        ...searchTextsOf({ email, name }),
        role: input.role,
        status: 'INVITED',
        invitedById: manager.memberId,
        createdAt: now,
        updatedAt: now,
      },
    });
    await tx.invitation.create({
      data: {
        id: deps.newId('invitation'),
        accountId,
        memberId: id,
        emailKey: key,
        hash: sha256(token),
        sentAt: now,
        expiresAt: later(now, validSeconds),
      },
    });
    await remember(tx, id);
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_INVITED',
      targetId: id,
      targetLabel: email,
      changes: [{ field: 'role', before: null, after: input.role }],
    });
    await queueInvitation(tx, deps, manager, member, token);
    return { member };
  };
  try {
    return await transactionOf(deps, manager.actor, invite);
  } catch (error) {
    throw isUniqueViolation(error, 'emailKey') ? taken() : error;
  }
}

/**
 * Sends an invitation again, with another link: the old one works no more.
 * @returns the member
 * @throws InputError NOT_FOUND, NOT_ALLOWED for somebody who accepted it and where no message is sent, LIMIT_EXCEEDED after
 *   five in an hour
 */
export async function resendInvitation(deps: InvitationDeps, manager: MemberManager, memberId: string) {
  requireMail(deps.config);
  const member = await findMemberOf(deps.db, manager, memberId);
  const accepted = () => inputError('NOT_ALLOWED', 'This member has accepted the invitation already.', 'memberId');
  if (member.status !== 'INVITED') throw accepted();
  await countWithin(deps.throttles.resentInvitation, member.id, tooMany);
  const token = createToken('lki', deps.randomBytes);
  const sentAt = deps.clock();
  await transactionOf(deps, manager.actor, async (tx) => {
    const { count } = await tx.invitation.updateMany({
      where: { memberId: member.id },
      data: { hash: sha256(token), sentAt, expiresAt: later(sentAt, validSeconds) },
    });
    if (count === 0) throw accepted();
    await recordAudit(tx, deps, manager.actor, {
      action: 'MEMBER_INVITATION_RESENT',
      targetId: member.id,
      targetLabel: member.email,
    });
    await queueInvitation(tx, deps, manager, member, token);
  });
  return { member };
}

/** Finds what a link invites to. @returns null alike for unknown, replaced, accepted and expired ones */
export async function findInvitation(deps: Pick<Deps, 'db' | 'clock'>, token: string) {
  if (!isToken('lki', token)) return null;
  const found = await deps.db.invitation.findUnique({
    where: { hash: sha256(token) },
    include: { account: true, member: { include: { invitedBy: true } } },
  });
  return found && found.member != null && found.expiresAt > deps.clock() ? found : null;
}

/**
 * Accepts an invitation: from now on the member signs in with this password. Of any number at once exactly one succeeds.
 * @returns the member; null when the link works no more; 'taken' when the address became another account's meanwhile
 * @throws InputError with everything that is wrong with name and password, OverloadedError
 */
export async function acceptInvitation(
  deps: Pick<Deps, 'db' | 'clock' | 'newId' | 'hasher'>,
  origin: SignInOrigin,
  token: string,
  given: { readonly name: string; readonly password: string },
) {
  const name = given.name.trim() || null;
  const issues = name === null ? [] : faultsOfName(name, ['name']);
  issues.push(...(await faultsOfPassword(given.password)));
  if (issues.length > 0) throw new InputError(issues);
  // Only a living link costs a hash.
  const found = await findInvitation(deps, token);
  if (!found) return null;
  const passwordHash = await deps.hasher.hash(normalisePassword(given.password), networkOf(origin.ipAddress ?? ''));
  const now = deps.clock();
  const accept = async (tx: Tx) => {
    // The member first, as whoever removes them does: in another order each could wait for the other.
    const invited = { id: found.memberId, status: 'INVITED' } as const;
    await tx.member.updateMany({ where: invited, data: { updatedAt: now } });
    const { count } = await tx.invitation.deleteMany({ where: { hash: sha256(token), expiresAt: { gt: now } } });
    if (count === 0) return null;
    const { email } = found.member;
    const member = await tx.member.update({
      where: { id: found.memberId },
      data: {
        name,
        ...searchTextsOf({ email, name }),
        emailKey: found.emailKey,
        // The link was sent to this address, and nowhere else.
        emailVerifiedAt: now,
        passwordHash,
        status: 'ACTIVE',
        updatedAt: now,
      },
    });
    const target = { targetId: member.id, targetLabel: member.email };
    await recordAudit(tx, deps, actorOfMember(member, origin), { action: 'MEMBER_INVITATION_ACCEPTED', ...target });
    return member;
  };
  try {
    return await inTransaction(deps.db, accept);
  } catch (error) {
    if (isUniqueViolation(error, 'emailKey')) return 'taken' as const;
    throw error;
  }
}
