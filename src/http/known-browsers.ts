// Which browsers a member signed in with before (OWASP's device cookies). Guessing at a member from elsewhere never keeps them
// out of such a browser, and guessing from it is counted by itself. It is no credential: the password is asked for all the same.
import type { Context } from 'hono';
import type { Deps } from '../deps.js';
import { constantTimeEqual, hmacOfParts } from '../lib/crypto.js';
import { epochSeconds } from '../lib/seconds.js';
import type { Cookies } from './cookies.js';

const purpose = 'latchkey/known-browser/v1';
const days = 365;
// Of one browser that several people use, in turn.
const mostMembers = 5;

/** Whom a mark is for. With the hash, so that a new password voids it. */
interface MarkedMember {
  readonly id: string;
  readonly passwordHash: string | null;
}

export interface KnownBrowsers {
  /** The mark that this browser was given when this very member signed in with their present password; null without one. */
  markOf(c: Context, member: MarkedMember): string | null;
  /** Marks the browser, after the member has signed in. */
  remember(c: Context, member: MarkedMember): void;
}

interface Mark {
  /** 128 random bits: what failures are counted under. */
  readonly id: string;
  /** Seconds since 1970, in base 36. */
  readonly issued: string;
  readonly proof: string;
}

function parse(text: string): Mark[] {
  const marks: Mark[] = [];
  for (const part of text.split('~').slice(0, mostMembers)) {
    const [, id, issued, proof] = /^([\w-]{22})\.([0-9a-z]{1,9})\.([\w-]{43})$/.exec(part) ?? [];
    if (id !== undefined && issued !== undefined && proof !== undefined) marks.push({ id, issued, proof });
  }
  return marks;
}

/** Builds the reading and making of marks. Nothing is stored: a mark says nothing of whom it is for to who does not know. */
export function createKnownBrowsers(
  { secretKeys, randomBytes, clock }: Pick<Deps, 'secretKeys' | 'randomBytes' | 'clock'>,
  cookies: Cookies,
): KnownBrowsers {
  const prove = (key: Uint8Array, { id, issued }: Omit<Mark, 'proof'>, member: MarkedMember) =>
    hmacOfParts(key, [id, issued, member.id, member.passwordHash ?? '']);
  const isFor = (mark: Mark, member: MarkedMember) =>
    epochSeconds(clock()) - Number.parseInt(mark.issued, 36) < days * 86_400 &&
    secretKeys.all(purpose).some((key) => constantTimeEqual(prove(key, mark, member), mark.proof));
  const marksIn = (c: Context) => parse(cookies.knownMarks(c) ?? '');

  return {
    markOf: (c, member) =>
      member.passwordHash === null ? null : (marksIn(c).find((mark) => isFor(mark, member))?.id ?? null),
    remember(c, member) {
      if (member.passwordHash === null) return;
      const mark = { id: randomBytes(16).toString('base64url'), issued: epochSeconds(clock()).toString(36) };
      const proven = { ...mark, proof: prove(secretKeys.current(purpose), mark, member) };
      const others = marksIn(c).filter((other) => !isFor(other, member));
      const kept = [proven, ...others].slice(0, mostMembers);
      const text = kept.map(({ id, issued, proof }) => `${id}.${issued}.${proof}`).join('~');
      cookies.setKnownMarks(c, text, days * 86_400);
    },
  };
}
