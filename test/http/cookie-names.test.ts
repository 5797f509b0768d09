// What the cookies of an issuer are called: browsers keep the cookies of a host for all its ports.
import { expect, test } from 'vitest';
import { createTestApp } from '../support/app.js';
import { newBrowser } from '../support/oauth.js';

test.each([
  ['http://localhost:4000', ''],
  ['http://localhost', ''],
  ['http://localhost:4010', '-4010'],
  ['http://127.0.0.1:5000', '-5000'],
])('at %s all cookies end with "%s"', async (issuer, ending) => {
  const app = await createTestApp({ issuer });
  try {
    const browser = newBrowser(app);
    await browser.signIn(app.owner);
    const names = (await browser.jar.getCookies(issuer)).map(({ key }) => key);
    expect(names.sort()).toEqual(
      ['latchkey', 'latchkey-browser', 'latchkey-known'].map((name) => name + ending).sort(),
    );
  } finally {
    await app.close();
  }
});

test('whoever signs in to a second Latchkey on this computer stays signed in to the first', async () => {
  const [first, second] = await Promise.all([createTestApp(), createTestApp({ issuer: 'http://localhost:4010' })]);
  try {
    const browser = newBrowser(first);
    await browser.signIn(first.owner);
    const other = newBrowser(second);
    await other.signIn(second.owner);
    // As a browser does, which has one jar for all ports of a host.
    for (const cookie of await other.jar.getCookies(second.issuer)) {
      await browser.jar.setCookie(cookie.toString(), first.issuer);
    }
    expect((await browser.visit('/me')).url.pathname).toBe('/me');
    expect((await browser.graphql('{ viewer { member { id } } }')).data.viewer.member.id).toBe(first.owner.id);
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
});
