// Rules for short texts that people type and others read: names, descriptions, links.
import type { InputIssue } from './errors.js';
import { parseUrl } from './url.js';

/** Control and invisible formatting characters and halves of characters, which could disguise one name as another. */
const invisible = /[\p{C}\u2028\u2029]/u;

/** What is wrong with a required text of one line. @param what it is, with its article: `A name` */
export function faultsOfLine(text: string, what: string, path: readonly string[], longest: number): InputIssue[] {
  const trimmed = text.trim();
  if (trimmed === '') return [{ code: 'REQUIRED', message: `${what} is required.`, path }];
  if ([...trimmed].length > longest) {
    return [{ code: 'TOO_LONG', message: `${what} can have at most ${longest} characters.`, path }];
  }
  if (invisible.test(trimmed)) {
    return [{ code: 'INVALID', message: `${what} must not have control or invisible characters.`, path }];
  }
  return [];
}

/** What is wrong with a required one-line name of at most `longest` characters. */
export function faultsOfName(name: string, path: readonly string[], longest = 100): InputIssue[] {
  return faultsOfLine(name, 'A name', path, longest);
}

/** What is wrong with an optional text, which may have several lines. */
export function faultsOfDescription(text: string, path: readonly string[], longest = 1000): InputIssue[] {
  if ([...text].length > longest) {
    return [{ code: 'TOO_LONG', message: `A description can have at most ${longest} characters.`, path }];
  }
  if (invisible.test(text.replace(/[\r\n\t]/g, ''))) {
    return [{ code: 'INVALID', message: 'A description must not have control or invisible characters.', path }];
  }
  return [];
}

interface Wording {
  /** What to call it, at the beginning of a sentence. */
  readonly name: string;
  /** What to do for anything but https. */
  readonly otherwise: string;
}

function faultsOfHttps(text: string, path: readonly string[], { name, otherwise }: Wording): InputIssue[] {
  if (text.length > 2048) return [{ code: 'TOO_LONG', message: `${name} can have at most 2048 characters.`, path }];
  const url = parseUrl(text);
  if (url?.protocol !== 'https:' || !/^[\x21-\x7E]+$/.test(text)) {
    return [{ code: 'INVALID', message: `${name} must be an https address${otherwise}.`, path }];
  }
  if (url.username !== '' || url.password !== '') {
    return [{ code: 'INVALID', message: `${name} must not have a user name or password.`, path }];
  }
  return [];
}

/** What is wrong with an optional link that people will be shown. */
export function faultsOfLink(link: string, path: readonly string[]): InputIssue[] {
  return faultsOfHttps(link, path, { name: 'A link', otherwise: ', such as https://example.com/about' });
}

/**
 * What is wrong with an address that we shall call ourselves.
 * @param allowed host:port that an operator lets us call by http
 */
export function faultsOfCalledAddress(
  address: string,
  path: readonly string[],
  allowed: readonly string[],
): InputIssue[] {
  if (address.includes('#')) return [{ code: 'INVALID', message: 'An address must not have a fragment.', path }];
  const url = address.startsWith('http://') ? parseUrl(address) : null;
  const isAllowed = url !== null && allowed.includes(`${url.hostname}:${url.port || '80'}`);
  return faultsOfHttps(isAllowed ? address.replace('http://', 'https://') : address, path, {
    name: 'An address that is called',
    otherwise: ', or one whose host and port the operator has named in LATCHKEY_OUTBOUND_ALLOW',
  });
}
