// Asking for a link to set a new password, as a person does, and taking it from the mail.
import type { TestApp } from '../support/app.js';
import { queuedMails } from '../support/mail.js';
import { newBrowser } from '../support/oauth.js';

/** Sends the form for a forgotten password. */
export async function askForLink(app: TestApp, email: string, browser = newBrowser(app), path = '/forgot-password') {
  return browser.submit(await browser.visit(path), { email });
}

/** The address in the last mail. */
export async function lastLink(app: TestApp): Promise<string> {
  return (await queuedMails(app)).at(-1)?.action?.url ?? '';
}
