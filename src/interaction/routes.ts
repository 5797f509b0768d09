// Which page of a person's sign-in lives where.
import { Hono } from 'hono';
import type { Environment } from '../http/environment.js';
import { respondWithPage } from '../oauth/respond-with-page.js';
import { HomePage } from '../pages/home.js';
import { acceptInvitationForm, acceptInvitationPage } from './accept-invitation.js';
import { chooseAccount, chooseAccountPage } from './choose-account.js';
import { consent, consentPage } from './consent.js';
import type { Flow } from './flow.js';
import { login, loginPage } from './login.js';
import { logo } from './logo.js';
import { logout, logoutPage } from './logout.js';
import { myAccountRoutes } from './my-account/routes.js';
import { otherAccount, otherAccountPage } from './other-account.js';
import { passwordRoutes } from './password-reset.js';
import { verifyEmail, verifyEmailPage } from './verify-email.js';

/** The pages that people meet: the front page, sign-in, consent, sign-out; and the logos on them. */
export function interactionRoutes(flow: Flow): Hono<Environment> {
  const app = new Hono<Environment>();
  app.get('/', async (c) => {
    const session = await flow.browser.session(c);
    const issuer = flow.deps.config.issuer;
    if (!session) return respondWithPage(c, HomePage({ issuer }));
    const { email, name, role, account } = session.member;
    const member = { email, ...(name === null ? {} : { name }), role, accountName: account.name };
    return respondWithPage(c, HomePage({ issuer, member }));
  });
  app.get('/login', loginPage(flow)).post(login(flow));
  app.route('/', passwordRoutes(flow));
  // Where password managers look for it (W3C, A Well-Known URL for Changing Passwords).
  app.get('/.well-known/change-password', (c) => c.redirect('/me/password', 302));
  app.get('/choose-account', chooseAccountPage(flow)).post(chooseAccount(flow));
  app.get('/verify-email', verifyEmailPage(flow)).post(verifyEmail(flow));
  app.get('/consent', consentPage(flow)).post(consent(flow));
  app.get('/other-account', otherAccountPage(flow)).post(otherAccount(flow));
  app.get('/accept-invitation', acceptInvitationPage(flow)).post(acceptInvitationForm(flow));
  app.get('/logout', logoutPage(flow)).post(logout(flow));
  app.route('/', myAccountRoutes(flow));
  app.get('/logos/:clientRowId/:hash', logo(flow));
  return app;
}
