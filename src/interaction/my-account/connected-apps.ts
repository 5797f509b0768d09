// A member's connected apps: which they are, and taking one back.
import { inPlainWords } from '../../api-resources/allowed.js';
import { findApisNamed } from '../../api-resources/find.js';
import { logoPath } from '../../clients/logo.js';
import { findConnectedApps, revokeConsent } from '../../consents/connected-apps.js';
import { allowedBy } from '../../consents/service.js';
import type { Deps } from '../../deps.js';
import { originForAudit } from '../../http/browser.js';
import { InputError } from '../../lib/errors.js';
import { redirectHost } from '../../lib/redirect-uri.js';
import { splitWords } from '../../lib/scope.js';
import { actorOfMember } from '../../members/service.js';
import { respondWithPage } from '../../oauth/respond-with-page.js';
import { english } from '../../pages/messages.js';
import { ConnectedAppsPage, type ShownApp } from '../../pages/my-account/connected-apps.js';
import { readOwnForm } from '../flow.js';
import { type MyAccountPart, signInFirst } from './session.js';

const path = '/me/apps';

async function shownApps({ db }: Pick<Deps, 'db'>, memberId: string): Promise<ShownApp[]> {
  const consents = (await findConnectedApps(db, memberId)).map((consent) => ({
    ...consent,
    allowed: allowedBy(splitWords(consent.scopes)),
  }));
  const audiences = consents.flatMap(({ allowed }) => allowed.there.map(({ audience }) => audience));
  const apis = await findApisNamed(db, audiences);
  return consents.map(({ id, client, allowed, consentedAt, lastUsedAt }) => {
    const own = apis.filter(({ accountId }) => accountId === client.accountId);
    return {
      consentId: id,
      name: client.name,
      ...(client.logo === null ? {} : { logoPath: logoPath(client.id, client.logo.hash) }),
      accountName: client.account.name,
      verified: client.verifiedAt !== null,
      hosts: [...new Set(client.redirectUris.map(({ uri }) => redirectHost(uri)))],
      scopes: inPlainWords(allowed, own).map(({ description, api }) => ({
        description,
        ...(api === null ? {} : { apiName: api.name }),
      })),
      allowedAt: consentedAt,
      ...(lastUsedAt === null ? {} : { lastUsedAt }),
    };
  });
}

/** GET and POST `/me/apps`. */
export const connectedApps: MyAccountPart = {
  path,
  show({ deps, browser }) {
    return async (c) => {
      const session = await browser.session(c);
      if (!session) return signInFirst(c, path);
      const page = ConnectedAppsPage({
        csrfToken: browser.formTokens.issue(c),
        memberEmail: session.member.email,
        apps: await shownApps(deps, session.memberId),
        ...(c.req.query('done') === 'removed' ? { done: english.myAppsRemoved } : {}),
      });
      return respondWithPage(c, page);
    };
  },
  change(flow) {
    return async (c) => {
      const form = await readOwnForm(flow, c);
      const session = await flow.browser.session(c);
      if (!session) return signInFirst(c, path);
      const { member } = session;
      // On this page everybody has to do with what they allowed themselves.
      const holder = { accountId: member.accountId, memberId: member.id, permissions: [] };
      try {
        const actor = actorOfMember(member, originForAudit(c));
        await revokeConsent(flow.deps, actor, holder, form.get('consent') ?? '');
      } catch (error) {
        // Gone with its app or its member meanwhile: the list shows what is left.
        if (error instanceof InputError) return c.redirect(path, 303);
        throw error;
      }
      return c.redirect(`${path}?done=removed`, 303);
    };
  },
};
