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

/** What is wrong with an optional link that people will be shown. */
export function faultsOfLink(link: string, path: readonly string[]): InputIssue[] {
  if (link.length > 2048) return [{ code: 'TOO_LONG', message: 'A link can have at most 2048 characters.', path }];
  const url = parseUrl(link);
  if (url?.protocol !== 'https:' || !/^[\x21-\x7E]+$/.test(link)) {
    return [{ code: 'INVALID', message: 'A link must be an https address, such as https://example.com/about.', path }];
  }
  if (url.username !== '' || url.password !== '') {
    return [{ code: 'INVALID', message: 'A link must not have a user name or password.', path }];
  }
  return [];
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
  if (url !== null && allowed.includes(`${url.hostname}:${url.port || '80'}`)) {
    return faultsOfLink(address.replace('http://', 'https://'), path);
  }
  return faultsOfLink(address, path);
}
