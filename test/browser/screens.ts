// Every page that a person meets, and how they get there: for tests that hold for all of them.
import type { Page } from 'playwright-core';
import { createApiToken } from '../../src/api-tokens/service.js';
import { requestEmailChange } from '../../src/members/email-change.js';
import { sendEmailVerification } from '../../src/members/email-links.js';
import { inviteMember } from '../../src/members/invitations.js';
import { requestReset } from '../../src/members/password-reset.js';
import { actorOfMember } from '../../src/members/service.js';
import { registerApi } from '../support/api-resources.js';
import type { TestServer } from '../support/app.js';
import { apiTokenOf } from '../support/graphql.js';
import { linkTo } from '../support/mail.js';
import { authorizeUrl, createPkce, registerClient, type TestClient } from '../support/oauth.js';

/** What the screens are screens of. */
export interface World {
  readonly server: TestServer;
  readonly client: TestClient;
  /** A client of another account that nobody verified. */
  readonly foreignClient: TestClient;
  /** A client with the longest of names, of mixed direction. */
  readonly longClient: TestClient;
  /** The link of an invitation. */
  readonly invitation: string;
  /** A member who is no owner, and has service tokens; not verified, with a change of their address that waits. */
  readonly member: { readonly email: string; readonly password: string };
  /** The links that they were sent. */
  readonly links: { readonly reset: string; readonly verify: string; readonly change: string };
}

/** Many scopes, as an API may have. */
const longScopes = Array.from({ length: 8 }, (_, index) => ({
  name: `shop:department-${index}:orders.read`,
  description: `Read the orders of department ${index}, with what was bought, when, and where it was sent`,
}));

export interface Screen {
  readonly name: string;
  /** Who is signed in. */
  readonly as: 'nobody' | 'the owner' | 'a member';
  /** Goes there. */
  readonly open: (page: Page, world: World) => Promise<unknown>;
  /** Its main heading, by which a test knows that it is there. */
  readonly heading: string | RegExp;
}

/** Makes what the screens show: an app with a long name, and one of another account. */
export async function createWorld(server: TestServer): Promise<World> {
  const names = { description: 'Customers, orders and invoices', homepageUrl: 'https://crm.example/' };
  const client = await registerClient(server, { name: 'Customer relations of Northwind', ...names });
  const { owner } = await server.addAccount('Fabrikam');
  const foreignClient = await registerClient({ ...server, owner }, { name: 'Fabrikam Reports' });
  const actor = actorOfMember(server.owner, { ipAddress: null, userAgent: null });
  const manager = { actor, memberId: server.owner.id, role: server.owner.role };
  const email = 'grace.hopper@northwind.example';
  await connectApps(server, client);
  await signInElsewhere(server);
  await inviteMember(server.deps, manager, { email, name: 'Grace Hopper', role: 'WRITER' });
  await createApiToken(
    server.deps,
    { ...manager, accountId: server.owner.accountId },
    { name: 'CI of the web shop', role: 'WRITER' },
  );
  await registerApi(server, { audience: 'https://shop.example.com', name: 'حانوت Shop', scopes: longScopes });
  const longClient = await registerClient(server, {
    name: `שלום ${'Donaudampfschifffahrtsgesellschaft'.repeat(2)} (1)`,
    scopes: ['openid', 'email', ...longScopes.map(({ name }) => name)],
  });
  const invitation = await linkTo(server, email);
  return { server, client, foreignClient, longClient, invitation, ...(await createMember(server)) };
}

/** A member in the middle of proving two addresses and choosing a password. */
async function createMember(server: TestServer): Promise<Pick<World, 'member' | 'links'>> {
  const { deps, db } = server;
  const member = await server.addMember('WRITER', 'ada.lovelace@analytical-engine.example');
  const { id, email } = await db.member.update({ where: { id: member.id }, data: { emailVerifiedAt: null } });
  await apiTokenOf(server, 'READER', { ...member, role: 'ADMIN' }, { isService: true });
  const actor = actorOfMember(member, { ipAddress: null, userAgent: null });
  await requestReset(deps, { ipAddress: null, userAgent: null }, email);
  const reset = await linkTo(server, email);
  await sendEmailVerification(deps, actor, id, email);
  const verify = await linkTo(server, email);
  const newEmail = 'countess.of.lovelace@analytical-engine.example';
  await requestEmailChange(deps, actor, id, newEmail);
  return { member, links: { reset, verify, change: await linkTo(server, newEmail) } };
}

/** Apps that the owner allowed: one with a logo and an API, one of another account, one with a very long name. */
async function connectApps(server: TestServer, client: TestClient): Promise<void> {
  const { db, owner, clock } = server;
  const { owner: publisher } = await server.addAccount('Contoso Business Software', 'owner@contoso.example');
  const verified = await registerClient({ ...server, owner: publisher }, { name: 'Contoso Calendar' });
  const long = await registerClient(server, {
    name: 'Northwind quarterly planning and consolidated forecasting workbench for all subsidiaries',
    redirectUris: ['https://planning.northwind.example/callback', 'https://forecast.northwind.example/callback'],
  });
  await db.oAuthClient.update({ where: { id: verified.id }, data: { verifiedAt: clock() } });
  const api = {
    name: 'Northwind Orders',
    scopes: [{ name: 'orders:read', description: 'See your orders and invoices' }],
  };
  await registerApi(server, { audience: 'https://orders.northwind.example', ...api });
  const logo = { hash: 'b'.repeat(64), contentType: 'image/png', bytes: pixel, fetchedAt: clock() };
  await db.oAuthClientLogo.create({ data: { clientId: verified.id, ...logo } });
  const orders = 'https://orders.northwind.example https://orders.northwind.example#orders:read';
  const day = 86_400_000;
  const before = (days: number) => new Date(clock().getTime() - days * day);
  // Of the app itself nothing that its consent page asks for.
  for (const [clientId, scopes, days, used] of [
    [long.id, `openid profile email offline_access ${orders}`, 190, null],
    [verified.id, 'openid profile email', 60, before(1)],
    [client.id, 'phone', 2, before(0)],
  ] as const) {
    const dates = { consentedAt: before(days), lastUsedAt: used };
    const id = server.deps.newId('consent');
    await db.consent.create({ data: { id, memberId: owner.id, clientId, scopes, ...dates } });
  }
}

/** Two other browsers of the owner. */
async function signInElsewhere({ db, owner, clock, deps }: TestServer): Promise<void> {
  const later = new Date(Date.now() + 86_400_000);
  const agents = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ];
  for (const [index, userAgent] of agents.entries()) {
    const authenticatedAt = new Date(clock().getTime() - (index + 1) * 100_000_000);
    const ipAddress = ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '203.0.113.80'][index] ?? null;
    const dates = { authenticatedAt, lastActiveAt: authenticatedAt, idleExpiresAt: later, expiresAt: later };
    const id = deps.newId('session');
    const secretHash = `the hash of no secret ${index}`;
    await db.session.create({
      data: { id, memberId: owner.id, secretHash, methods: 'pwd', ipAddress, userAgent, ...dates },
    });
  }
}

/** A picture of one blue pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADAgIAdKbYOwAAAABJRU5ErkJggg==',
  'base64',
);

function authorize(page: Page, { server }: World, client: TestClient, more: Record<string, string> = {}) {
  const { challenge } = createPkce();
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  return page.goto(new URL(authorizeUrl(client, { ...pkce, ...more }), server.issuer).href);
}

const at =
  (path: string) =>
  (page: Page, { server }: World) =>
    page.goto(`${server.issuer}${path}`);

/** Signs in on the page that is shown. */
export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export const screens: readonly Screen[] = [
  { name: 'front page', as: 'nobody', open: at('/'), heading: 'One key to every app' },
  { name: 'sign in', as: 'nobody', open: at('/login'), heading: 'Sign in' },
  {
    name: 'sign in, refused',
    as: 'nobody',
    async open(page, world) {
      await at('/login')(page, world);
      await signIn(page, { email: 'nobody@example.com', password: 'not the password' });
    },
    heading: 'Sign in',
  },
  {
    name: 'sign in to an app',
    as: 'nobody',
    open: (page, world) => authorize(page, world, world.client),
    heading: /^Sign in to continue to Customer relations/,
  },
  {
    name: 'bad client',
    as: 'nobody',
    open: at('/oauth/authorize?client_id=unknown'),
    heading: /./,
  },
  { name: 'not found', as: 'nobody', open: at('/nowhere'), heading: 'Page not found' },
  { name: 'signed out', as: 'nobody', open: at('/logout'), heading: 'You are signed out' },
  {
    name: 'accept an invitation',
    as: 'nobody',
    open: (page, { invitation }) => page.goto(invitation),
    heading: /^Join /,
  },
  { name: 'invitation that is over', as: 'nobody', open: at('/accept-invitation'), heading: /does not work any more/ },
  { name: 'front page, signed in', as: 'the owner', open: at('/'), heading: /^Hello/ },
  {
    name: 'consent',
    as: 'the owner',
    open: (page, world) => authorize(page, world, world.client, { scope: 'openid profile email offline_access admin' }),
    heading: /^Allow Customer relations/,
  },
  {
    name: 'consent of a long and foreign name, with an API',
    as: 'the owner',
    open: (page, world) =>
      authorize(page, world, world.longClient, {
        scope: `openid email ${longScopes.map(({ name }) => name).join(' ')}`,
        resource: 'https://shop.example.com',
      }),
    heading: /^Allow /,
  },
  {
    name: 'choose account',
    as: 'the owner',
    open: (page, world) => authorize(page, world, world.client, { prompt: 'select_account' }),
    heading: 'Choose an account',
  },
  {
    name: 'other account',
    as: 'the owner',
    open: (page, world) => authorize(page, world, world.foreignClient),
    heading: /^Fabrikam Reports is not open/,
  },
  { name: 'sign out', as: 'the owner', open: at('/logout'), heading: 'Sign out?' },
  { name: 'my profile', as: 'the owner', open: at('/me'), heading: 'Profile' },
  { name: 'my profile, address not verified and changing', as: 'a member', open: at('/me'), heading: 'Profile' },
  {
    name: 'my profile, an address refused',
    as: 'the owner',
    async open(page, world) {
      await at('/me')(page, world);
      await page.getByLabel('New e-mail address').fill(world.server.owner.email);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await page.getByRole('alert').waitFor();
    },
    heading: 'Profile',
  },
  { name: 'my data', as: 'a member', open: at('/me/data'), heading: 'Your data' },
  { name: 'my data, as the owner', as: 'the owner', open: at('/me/data'), heading: 'Your data' },
  {
    name: 'my data, deletion refused',
    as: 'a member',
    async open(page, world) {
      await at('/me/data')(page, world);
      await page.getByLabel('Your e-mail address').fill('somebody@else.example');
      await page.getByRole('button', { name: 'Delete for good' }).click();
      await page.getByRole('alert').waitFor();
    },
    heading: 'Your data',
  },
  { name: 'account deleted', as: 'nobody', open: at('/account-deleted'), heading: 'Your account is deleted' },
  { name: 'my password', as: 'the owner', open: at('/me/password'), heading: 'Password' },
  {
    name: 'my password, refused',
    as: 'the owner',
    async open(page, world) {
      await at('/me/password')(page, world);
      await page.getByLabel('Current password').fill('not the password');
      await page.getByLabel('New password').fill('short');
      await page.getByRole('button', { name: 'Change password' }).click();
      await page.getByText('This is not your current password.').waitFor();
    },
    heading: 'Password',
  },
  { name: 'my sessions', as: 'the owner', open: at('/me/sessions'), heading: 'Sessions' },
  { name: 'my connected apps', as: 'the owner', open: at('/me/apps'), heading: 'Connected apps' },
  { name: 'my tokens', as: 'the owner', open: at('/me/tokens'), heading: 'API tokens' },
  {
    name: 'my tokens, refused',
    as: 'the owner',
    async open(page, world) {
      await at('/me/tokens')(page, world);
      await page.getByLabel('Name').fill(' ');
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.getByText('A name is required.').first().waitFor();
    },
    heading: 'API tokens',
  },
  {
    name: 'a new token',
    as: 'the owner',
    async open(page, world) {
      await at('/me/tokens')(page, world);
      await page.getByLabel('Name').fill('Nightly export');
      await page.getByLabel('Service token').check();
      await page.getByRole('button', { name: 'Create token' }).click();
      await page.getByLabel('Your new token').waitFor();
    },
    heading: 'API tokens',
  },
  {
    name: 'one of my tokens',
    as: 'the owner',
    async open(page, world) {
      await at('/me/tokens')(page, world);
      await page.getByRole('link', { name: 'Manage' }).first().click();
    },
    heading: /Nightly export|CI/,
  },
  { name: 'forgotten password', as: 'nobody', open: at('/forgot-password'), heading: 'Set a new password' },
  {
    name: 'forgotten password, refused',
    as: 'nobody',
    async open(page, world) {
      await at('/forgot-password')(page, world);
      await page.getByLabel('E-mail').fill(`${'a'.repeat(260)}@example.com`);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await page.getByText('This is not an e-mail address.').waitFor();
    },
    heading: 'Set a new password',
  },
  { name: 'link sent', as: 'nobody', open: at('/forgot-password?sent=1'), heading: 'Look into your mailbox' },
  {
    name: 'new password',
    as: 'nobody',
    open: (page, { links }) => page.goto(links.reset),
    heading: 'Choose a new password',
  },
  { name: 'link over', as: 'nobody', open: at('/reset-password'), heading: 'This link does not work any more' },
  {
    name: 'verify an address',
    as: 'nobody',
    open: (page, { links }) => page.goto(links.verify),
    heading: 'Verify your e-mail address',
  },
  {
    name: 'confirm a new address',
    as: 'a member',
    open: (page, { links }) => page.goto(links.change),
    heading: 'Confirm your new e-mail address',
  },
  {
    name: 'confirm a new address, signed out',
    as: 'nobody',
    open: (page, { links }) => page.goto(links.change),
    heading: 'Sign in first',
  },
  {
    name: 'confirm a new address, as somebody else',
    as: 'the owner',
    open: (page, { links }) => page.goto(links.change),
    heading: 'This link is for somebody else',
  },
];
