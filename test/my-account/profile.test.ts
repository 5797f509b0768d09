// My account, profile: what a member sees of themselves, and their name.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { signedInBrowser } from '../support/graphql.js';
import { newBrowser } from '../support/oauth.js';

describe('My account', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.close());

  test('whoever is not signed in signs in first and comes back to it', async () => {
    const browser = newBrowser(app);
    const login = await browser.visit('/me');
    expect(login.url.pathname).toBe('/login');
    const page = await browser.signIn(app.owner, login);
    expect(page.url.pathname).toBe('/me');
    expect(page.html).toContain(app.owner.email);
  });

  test('a member changes their name, which the audit log and every page know at once', async () => {
    const member = await app.addMember('READER', 'renamed@example.com');
    const browser = await signedInBrowser(app, member);
    const saved = await browser.submit(await browser.visit('/me'), { name: '  Grace Hopper ' });
    expect(saved.url.href).toBe(`${app.issuer}/me?done=name`);
    expect(saved.html).toContain('Saved.');
    expect(saved.html).toContain('value="Grace Hopper"');
    expect(await app.db.member.findUniqueOrThrow({ where: { id: member.id } })).toMatchObject({
      name: 'Grace Hopper',
      nameKey: 'grace hopper',
      searchText: 'renamed@example.com grace hopper',
    });
    const entry = await app.db.auditLogEntry.findFirstOrThrow({ where: { action: 'MEMBER_UPDATED' } });
    expect(JSON.parse(entry.changes)).toEqual([{ field: 'name', before: 'The READER', after: 'Grace Hopper' }]);
  });

  test('a name with invisible characters is refused, is still in the field, and changes nothing', async () => {
    const browser = await signedInBrowser(app, app.owner);
    const refused = await browser.submit(await browser.visit('/me'), { name: 'Ad\u202ea' });
    expect(refused.status).toBe(400);
    expect(refused.html).toMatch(/id="name-error">[^<]*invisible characters/);
    expect(refused.html).toContain('value="Ad\u202ea"');
    expect((await app.db.member.findUniqueOrThrow({ where: { id: app.owner.id } })).name).toBeNull();
  });

  test('is found with a slash at the end, and the password where password managers look for it', async () => {
    const browser = await signedInBrowser(app, app.owner);
    expect((await browser.visit('/me/')).url.pathname).toBe('/me');
    const wellKnown = await browser.fetch('/.well-known/change-password');
    expect([wellKnown.status, wellKnown.headers.get('location')]).toEqual([302, '/me/password']);
  });

  test('a form without its token changes nothing (known attack 42)', async () => {
    const browser = await signedInBrowser(app, app.owner);
    const refused = await browser.submit(await browser.visit('/me'), { name: 'Mallory', csrf: 'x' });
    expect(refused.status).toBe(403);
    expect((await app.db.member.findUniqueOrThrow({ where: { id: app.owner.id } })).name).toBeNull();
  });
});
