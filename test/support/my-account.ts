// Forms of My account, posted one by one: a page of it has several.
import type { Page, TestBrowser } from './browser.js';
import { fieldsOf } from './browser.js';

/** Posts a form as the browser's own page would, and follows the answer. */
export async function postOwn(browser: TestBrowser, path: string, fields: Record<string, string>): Promise<Page> {
  const { csrf = '' } = fieldsOf((await browser.visit('/login?again=1')).html);
  return browser.visit(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    },
    body: new URLSearchParams({ csrf, ...fields }).toString(),
  });
}

/** Asks for another address, or for a link to verify the present one, or that it stays, on the profile. */
export function postEmail(browser: TestBrowser, decision: string, fields: Record<string, string> = {}): Promise<Page> {
  return postOwn(browser, '/me/email', { decision, ...fields });
}
