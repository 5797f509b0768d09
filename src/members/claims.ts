// The standard claims about a person that have no column of their own (OpenID Connect Core section 5.1): how each must look, and
// how an operator sets them. Which scope opens which is oauth/claims.ts's.
import { z } from 'zod';
import { type Actor, recordAudit } from '../audit/service.js';
import { inTransaction } from '../db/client.js';
import type { Deps } from '../deps.js';
import { emailKey } from '../lib/email.js';
import { InputError, type InputIssue, inputError } from '../lib/errors.js';
import { faultsOfDescription, faultsOfLink, faultsOfName } from '../lib/text-rules.js';
import { holdMember } from './hold.js';

/** A zod type from one of the rules that all texts share. */
function ruled(faultsOf: (text: string, path: readonly string[]) => InputIssue[]) {
  return z.string().superRefine((text, context) => {
    for (const { message } of faultsOf(text, [])) context.addIssue({ code: 'custom', message });
  });
}

function isDay(text: string): boolean {
  // 0000 stands for a year that is kept back; 2000 has a 29 February as it may have had.
  const day = text.replace(/^0000/, '2000');
  return /^\d{4}$/.test(text) || (/^\d{4}-\d\d-\d\d$/.test(text) && new Date(day).toJSON()?.startsWith(day) === true);
}

function isKnownTo(read: () => unknown): boolean {
  try {
    return read() !== undefined;
  } catch {
    return false;
  }
}

const text = ruled(faultsOfName);
const lines = ruled((value, path) => faultsOfDescription(value, path, 500));
const link = ruled(faultsOfLink);

/** Section 5.1.1. */
const address = z
  .strictObject({
    formatted: lines,
    street_address: lines,
    locality: text,
    region: text,
    postal_code: text,
    country: text,
  })
  .partial();

const memberClaims = z
  .strictObject({
    given_name: text,
    family_name: text,
    middle_name: text,
    nickname: text,
    preferred_username: text,
    profile: link,
    picture: link,
    website: link,
    gender: text,
    birthdate: z.string().refine(isDay, 'A birthdate is YYYY-MM-DD, YYYY, or 0000-MM-DD to keep the year back.'),
    zoneinfo: z
      .string()
      .refine(
        (zone) => isKnownTo(() => new Intl.DateTimeFormat('en', { timeZone: zone })) && !/^[+-]/.test(zone),
        'A zoneinfo is a time zone of the IANA list, such as Europe/Paris.',
      ),
    locale: z
      .string()
      .refine((tag) => isKnownTo(() => Intl.getCanonicalLocales(tag)[0]), 'A locale is a language tag, such as en-US.'),
    address,
    phone_number: z
      .string()
      .regex(/^\+[1-9]\d{1,14}(;ext=\d{1,10})?$/, 'A phone_number is in E.164 form, such as +14155550123;ext=5678.'),
    phone_number_verified: z.boolean(),
  })
  .partial();

/** The claims of a member, by their names in OpenID Connect. */
export type MemberClaims = z.infer<typeof memberClaims>;

/** Their names, in the order of section 5.1. */
export const memberClaimNames = Object.keys(memberClaims.shape) as (keyof MemberClaims)[];

/** Reads the column. */
export function readMemberClaims(column: string | null): MemberClaims {
  return column === null ? {} : (JSON.parse(column) as MemberClaims);
}

/** Lays changes over claims: null takes a claim away, and a new number has not been verified unless it is said so. */
function withChanges(claims: MemberClaims, changes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { phone_number_verified, ...rest } = claims;
  const sameNumber = !('phone_number' in changes) || changes.phone_number === claims.phone_number;
  const verified = phone_number_verified !== undefined && sameNumber ? { phone_number_verified } : {};
  const merged = { ...rest, ...verified, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

/** Everything that is wrong with claims, each with the name of its claim. */
function faultsOfClaims(claims: unknown): InputIssue[] {
  const { error } = memberClaims.safeParse(claims);
  const issues = (error?.issues ?? []).map((issue): InputIssue => {
    const unknown = issue.code === 'unrecognized_keys' ? ` The claims are: ${memberClaimNames.join(', ')}.` : '';
    return { code: 'INVALID', message: `${issue.message}${unknown}`, path: ['claims', ...issue.path.map(String)] };
  });
  const { phone_number, phone_number_verified } = claims as MemberClaims;
  if (phone_number_verified !== undefined && phone_number === undefined) {
    const message = 'Without a phone_number there is none that could be verified.';
    issues.push({ code: 'INVALID', message, path: ['claims', 'phone_number_verified'] });
  }
  return issues;
}

/**
 * Changes what is known of a member: what is not named stays, null takes a claim away.
 * @param changes claims by their names; whatever it is, it is checked
 * @returns all claims of the member as they are now
 * @throws InputError NOT_FOUND, or with everything that is wrong
 */
export async function setMemberClaims(
  deps: Pick<Deps, 'db' | 'clock' | 'newId'>,
  actor: Actor,
  email: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<MemberClaims> {
  return inTransaction(deps.db, async (tx) => {
    // Held, since the changes are laid over what is there: of two at once neither is lost.
    const member = await holdMember(tx, { emailKey: emailKey(email) });
    if (!member) throw inputError('NOT_FOUND', `There is no member ${email}.`, 'email');
    const claims = withChanges(readMemberClaims(member.claims), changes);
    const issues = faultsOfClaims(claims);
    if (issues.length > 0) throw new InputError(issues);
    const column = Object.keys(claims).length === 0 ? null : JSON.stringify(claims);
    await tx.member.update({ where: { id: member.id }, data: { claims: column, updatedAt: deps.clock() } });
    await recordAudit(tx, deps, actor, {
      action: 'MEMBER_CLAIMS_SET',
      accountId: member.accountId,
      targetId: member.id,
      targetLabel: member.email,
      // Which, not what: the log is kept longer than a person may want their address to be.
      changes: Object.keys(changes).map((field) => ({ field, before: null, after: null })),
    });
    return claims as MemberClaims;
  });
}
