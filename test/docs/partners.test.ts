// Runs every example of docs/partners.md as it stands there, through our pages, and holds the page to what there is. The one
// for browsers is test/browser/single-page-app.test.ts's.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowRedirects } from '../../src/accounts/service.js';
import { operatorActor } from '../../src/audit/service.js';
import type { AuthorizationErrorCode } from '../../src/oauth/authorize/request.js';
import type { OAuthErrorCode } from '../../src/oauth/error.js';
import { startTestServer, type TestServer } from '../support/app.js';
import {
  type DocumentedApp,
  partnersPage,
  serverSideExamples,
  snippetUnder,
  startDocumentedApp,
} from '../support/documented-apps.js';
import { signedIn } from '../support/graphql.js';
import { obtainCode, redirectUri, registerClient } from '../support/oauth.js';
import { openBrowserFor } from '../support/partner-process.js';
import { blocksOf } from './recipes.js';

const root = join(import.meta.dirname, '../..');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await allowRedirects(server.deps, operatorActor, server.owner.accountId, ['loopback', 'localhost']);
});
afterAll(() => server.close());

/** What is stored about an app's sign-ins. */
function familiesOf(app: DocumentedApp) {
  const where = { consent: { clientId: app.client.id } };
  return server.db.tokenFamily.findMany({
    where,
    include: { refreshTokens: { orderBy: { id: 'asc' } }, session: true },
  });
}

describe.each(serverSideExamples)('the example for %s', (name) => {
  const source = snippetUnder(name);
  let app: DocumentedApp;
  let browser: ReturnType<typeof openBrowserFor>;
  beforeAll(async () => {
    app = await startDocumentedApp(server, name);
    browser = openBrowserFor(server, app);
  });
  afterAll(() => app?.stop());

  /** To the page of ours that the app sends people to. */
  async function away() {
    const start = await browser.partner.visit(name === 'Auth.js' ? '/auth/signin' : '/sign-in');
    // Auth.js asks on a page of its own which provider it shall be.
    return start.left ? start : browser.partner.submit(start);
  }

  test('signs nobody in who says no', async () => {
    const asked = (await away()).url.searchParams;
    expect([asked.get('code_challenge_method'), asked.get('scope')]).toEqual(['S256', 'openid profile email']);
    await browser.signIn(await away(), 'deny');
    expect(await browser.person()).toBeNull();
  });

  test('signs a person in', async () => {
    await browser.signIn(await away());
    expect(await browser.person(), app.output()).toMatchObject({ email: server.owner.email });
  });

  if (source.includes('app.use((error')) {
    test('has whoever comes back without having been sent sign in again', async () => {
      const page = await openBrowserFor(server, app).partner.visit('/callback?code=lkc_invented&state=invented');
      expect([page.status, page.html]).toEqual([400, 'That did not work. <a href="/sign-in">Sign in again</a>']);
    });
  }

  if (source.includes("'/refresh'")) {
    test('refreshes, and keeps the new refresh token', async () => {
      await browser.post('/refresh');
      await browser.post('/refresh');
      const [family] = await familiesOf(app);
      expect(
        family?.refreshTokens.map(({ usedAt }) => usedAt !== null),
        app.output(),
      ).toEqual([true, true, false]);
    });
  }

  if (source.includes("'/sign-out'")) {
    test('signs out, which ends its tokens', async () => {
      const page = await (source.includes("app.post('/sign-out'")
        ? browser.post('/sign-out')
        : browser.partner.visit('/sign-out'));
      // Some sign out of Latchkey as well, which leads back to the app.
      const end = page.left ? await browser.latchkey.visit(page.url.href) : page;
      expect(end.url.href, `${end.html}\n${app.output()}`).toBe(`${app.url}/`);
      expect(await browser.person()).toBeNull();
      const [family] = await familiesOf(app);
      expect(family?.revokedAt ?? family?.session?.endedAt, app.output()).not.toBeNull();
    });
  }
});

/** Sends what a command line of curl says, with values in place of its variables. */
async function curl(command: string, values: Record<string, string>) {
  const text = command.replace(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
  const given = (option: string) =>
    [...text.matchAll(new RegExp(`--${option} "?([^"\\s]+)"?`, 'g'))].map(([, value = '']) => value);
  const [user] = given('user');
  const [authorization] = [...text.matchAll(/--header "Authorization: ([^"]+)"/g)].map(([, value = '']) => value);
  const form = new URLSearchParams();
  for (const pair of [...given('data'), ...given('data-urlencode')]) {
    form.append(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  }
  const response = await fetch(/curl "([^"]+)"/.exec(text)?.[1] ?? '', {
    ...(form.size > 0 ? { method: 'POST', body: form } : {}),
    headers: { authorization: user ? `Basic ${Buffer.from(user).toString('base64')}` : (authorization ?? '') },
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

test('the commands of curl are answered as it says', async () => {
  const commands = blocksOf(partnersPage)
    .filter(({ language, text }) => language === 'sh' && text.startsWith('curl'))
    .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split(/^(?=curl)/m));
  expect(commands).toHaveLength(3);
  const [byItself = '', forPerson = '', userinfo = ''] = commands;
  const machine = await registerClient(server, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    scopes: ['reader'],
  });
  const ofMachine = { ISSUER: server.issuer, CLIENT_ID: machine.clientId, CLIENT_SECRET: machine.secret };
  expect(await curl(byItself, ofMachine)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });

  const client = await registerClient(server);
  const { code, verifier } = await obtainCode(server, client);
  const ofClient = { ISSUER: server.issuer, CLIENT_ID: client.clientId, CLIENT_SECRET: client.secret };
  const more = { CODE: code, REDIRECT_URI: redirectUri, CODE_VERIFIER: verifier };
  const { body } = await curl(forPerson, { ...ofClient, ...more });
  const person = await curl(userinfo, { ISSUER: server.issuer, ACCESS_TOKEN: body.access_token ?? '' });
  expect(person).toMatchObject({ status: 200, body: { email: server.owner.email } });
});

describe('the page has everything', () => {
  test('registering a client works as it shows', async () => {
    const owner = await signedIn(server, server.owner);
    const blocks = blocksOf(partnersPage);
    const document = blocks.find(({ language }) => language === 'graphql')?.text ?? '';
    expect(parse(document).definitions).toHaveLength(1);
    const inputs = blocks.filter(({ language }) => language === 'json');
    expect(inputs).toHaveLength(2);
    for (const { text } of inputs) {
      const { data, errors } = await owner(document, JSON.parse(text));
      expect([errors, data.createOAuthClient.userErrors]).toEqual([undefined, []]);
    }
  });

  test('each code of an error is in a table', () => {
    const codes = {
      access_denied: true,
      consent_required: true,
      insufficient_scope: true,
      interaction_required: true,
      invalid_client: true,
      invalid_grant: true,
      invalid_request: true,
      invalid_scope: true,
      invalid_target: true,
      invalid_token: true,
      login_required: true,
      registration_not_supported: true,
      request_not_supported: true,
      request_uri_not_supported: true,
      server_error: true,
      temporarily_unavailable: true,
      unauthorized_client: true,
      unmet_authentication_requirements: true,
      unsupported_grant_type: true,
      unsupported_response_type: true,
    } satisfies Record<OAuthErrorCode | AuthorizationErrorCode, true>;
    const rows = partnersPage.split('\n').filter((line) => /^\| (\d{3}(, \d{3})* \| )?`/.test(line));
    expect(Object.keys(codes).filter((code) => !rows.some((row) => row.includes(`\`${code}\``)))).toEqual([]);
  });

  test('each endpoint of discovery is named, as it is', async () => {
    const answer = await fetch(`${server.issuer}/.well-known/openid-configuration`);
    const endpoints = Object.entries((await answer.json()) as Record<string, unknown>)
      .filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri')
      .map(([, address]) => new URL(String(address)).pathname);
    expect(endpoints.filter((path) => !partnersPage.includes(`\`${path}\``))).toEqual([]);
  });

  test('the texts of pages that it explains are theirs', () => {
    const ours = ['errors', 'consent', 'logout'].map((file) =>
      readFileSync(join(root, `src/pages/messages/${file}.ts`), 'utf8'),
    );
    const section = partnersPage.split('| the page says |')[1]?.split('\n\n')[0] ?? '';
    const texts = [...section.matchAll(/^\| ([^|-][^|]+) \|/gm)].map(([, text = '']) => text);
    expect(texts).toHaveLength(7);
    expect(texts.filter((text) => !ours.some((source) => source.includes(text)))).toEqual([]);
  });

  test('every link leads somewhere, to a heading if it names one', () => {
    const anchorsOf = (text: string) =>
      [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      );
    const targets = [...partnersPage.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(10);
    const isThere = (target: string) => {
      const [file = '', anchor] = target.split('#');
      const path = join(root, 'docs', file || 'partners.md');
      return existsSync(path) && (anchor === undefined || anchorsOf(readFileSync(path, 'utf8')).includes(anchor));
    };
    expect(targets.filter((target) => !isThere(target))).toEqual([]);
  });
});
