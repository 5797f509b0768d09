// The pages of My account: which parts there are.
import { Hono } from 'hono';
import type { Environment } from '../../http/environment.js';
import type { Flow } from '../flow.js';
import { connectedApps } from './connected-apps.js';
import { accountDeletedPage, data } from './data.js';
import { changeEmail, emailPage } from './email.js';
import { password } from './password.js';
import { profile } from './profile.js';
import type { MyAccountPart } from './session.js';
import { sessions } from './sessions.js';
import { tokens } from './tokens.js';

const parts: readonly MyAccountPart[] = [profile, password, sessions, connectedApps, tokens, data];

/** Where the parts are, for whoever signs in on the way to one. */
export const myAccountPaths: readonly string[] = parts.map(({ path }) => path);

/** GET and POST of every part. */
export function myAccountRoutes(flow: Flow): Hono<Environment> {
  const app = new Hono<Environment>();
  for (const part of parts) {
    app.get(part.path, part.show(flow)).post(part.path, part.change(flow));
    // As people type it.
    app.get(`${part.path}/`, (c) => c.redirect(part.path, 302));
  }
  app.get('/me/email', emailPage()).post(changeEmail(flow));
  app.get('/account-deleted', accountDeletedPage(flow));
  return app;
}
