// My account, API tokens: made and shown once, however a form is sent; replaced, revoked; nobody's but one's own.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import type { Page, TestBrowser } from '../support/browser.js';
import { dumpAll } from '../support/dump.js';
import { apiTokenOf, bearer, signedInBrowser } from '../support/graphql.js';

let app: TestApp;
let browser: TestBrowser;
beforeEach(async () => {
  app = await createTestApp();
  browser = await signedInBrowser(app, app.owner);
});
afterEach(() => app.close());

const clearTokenOn = (page: Page) => /id="clear"[^>]*value="(lkt_[^"]+)"/.exec(page.html)?.[1];
const roleOf = async (token = '') => (await bearer(app, token)('{ viewer { role } }')).data?.viewer?.role;
const given = { decision: 'create', name: 'Nightly export', role: 'WRITER', expires: '30', service: '' };

async function create(values: Record<string, string> = {}) {
  const form = await browser.visit('/me/tokens');
  return { form, made: await browser.submit(form, { ...given, ...values }) };
}

/** Sends a form of the page that begins with a field of this value. */
function act(page: Page, decision: 'rotate' | 'revoke', values: Record<string, string> = {}, by = browser) {
  return by.submit(page, { decision, overlap: '86400', expires: '90', ...values });
}

describe('a new token', () => {
  test('is shown once, in the answer to the form, in a field without a script, and works', async () => {
    const { made } = await create();
    expect([made.status, made.url.pathname, made.headers.get('cache-control')]).toEqual([
      200,
      '/me/tokens',
      'no-store',
    ]);
    expect(made.html).toMatch(/<input id="clear"[^>]*readonly/);
    const token = clearTokenOn(made);
    expect(await roleOf(token)).toBe('WRITER');
    const list = await browser.visit('/me/tokens');
    expect(list.html).toContain('Nightly export');
    expect(list.html).toContain(`${token?.slice(-4)}`);
    expect(list.html).not.toContain(token);
    const row = await app.db.apiToken.findFirstOrThrow({ where: { name: 'Nightly export' } });
    expect(row).toMatchObject({ role: 'WRITER', isService: false, ownerId: app.owner.id });
    expect(row.expiresAt).toEqual(new Date(app.clock().getTime() + 30 * 86_400_000));
    expect(await app.db.auditLogEntry.count({ where: { action: 'API_TOKEN_CREATED' } })).toBe(1);
  });

  test('sent twice, as a reload or the back button does, is one token, and the second answer says so and shows none', async () => {
    const { form, made } = await create();
    const again = await browser.submit(form, given);
    expect([again.status, clearTokenOn(again)]).toEqual([200, undefined]);
    expect(again.html).toContain('This form was sent before.');
    expect(again.html).not.toContain(clearTokenOn(made));
    expect(await app.db.apiToken.count()).toBe(1);
    const other = await browser.submit(form, { ...given, name: 'Another' });
    expect([other.status, await app.db.apiToken.count()]).toEqual([400, 1]);
    expect(other.html).toContain('with other values');
    expect((await browser.submit(other, { ...given, name: 'Another' })).status).toBe(200);
    expect(await app.db.apiToken.count()).toBe(2);
  });

  test('sent twice at once is one token, shown by one of the answers', async () => {
    const form = await browser.visit('/me/tokens');
    const answers = await Promise.all(Array.from({ length: 4 }, () => browser.submit(form, given)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.filter((answer) => clearTokenOn(answer) !== undefined)).toHaveLength(1);
    expect(await app.db.apiToken.count()).toBe(1);
  });

  test('that was revoked meanwhile is said to be so when its form comes again', async () => {
    const { form } = await create();
    await app.db.apiToken.updateMany({ data: { revokedAt: app.clock() } });
    const again = await browser.submit(form, given);
    expect([again.status, again.html.includes('the token that it made is revoked')]).toEqual([200, true]);
  });

  test('needs the mark of a form of ours', async () => {
    for (const once of ['', 'x', 'x'.repeat(500)]) expect((await create({ once })).made.status).toBe(403);
    expect(await app.db.apiToken.count()).toBe(0);
  });

  test('is in no log, no row and no later page', async () => {
    const { made } = await create();
    const token = clearTokenOn(made) ?? 'none';
    for (const path of ['/me/tokens', '/me', '/']) expect((await browser.visit(path)).html).not.toContain(token);
    expect(app.logLines.join('\n')).not.toContain(token);
    expect(JSON.stringify(await dumpAll(app))).not.toContain(token);
  });

  test.each([
    ['no name', { name: '  ' }, 'A name is required.'],
    ['a name of 101 characters', { name: 'x'.repeat(101) }, 'at most 100 characters'],
    ['invisible characters', { name: 'a\u202eb' }, 'invisible characters'],
  ])('with %s is refused beside the field, with what was typed', async (_name, values, words) => {
    const { made } = await create(values);
    expect([made.status, made.html.includes(words)]).toEqual([400, true]);
    expect(made.html).toMatch(/<input id="name"[^>]*aria-invalid="true"[^>]*aria-describedby="name-error name-hint"/);
    expect(made.html).toContain('<title>Error: API tokens');
    expect(await app.db.apiToken.count()).toBe(0);
  });
});

describe('rights', () => {
  test('a reader is offered and gets a reader’s token only, and no service token', async () => {
    browser = await signedInBrowser(app, await app.addMember('READER'));
    const page = await browser.visit('/me/tokens');
    expect([...page.html.matchAll(/<option value="([A-Z]+)"/g)].map(([, role]) => role)).toEqual(['READER']);
    expect(page.html).not.toContain('name="service"');
    expect((await create({ role: 'ADMIN' })).made.status).toBe(400);
    expect((await create({ role: 'READER', service: 'yes' })).made.status).toBe(400);
    expect(await app.db.apiToken.count()).toBe(0);
    expect(await roleOf(clearTokenOn((await create({ role: 'READER' })).made))).toBe('READER');
  });

  test('an OWNER chooses up to ADMIN, as no token is OWNER', async () => {
    const page = await browser.visit('/me/tokens');
    expect([...page.html.matchAll(/<option value="([A-Z]+)"/g)].map(([, role]) => role)).toEqual([
      'READER',
      'WRITER',
      'ADMIN',
    ]);
    await create({ role: 'OWNER' });
    expect(await app.db.apiToken.count({ where: { role: 'OWNER' } })).toBe(0);
    const { made } = await create({ role: 'ADMIN', service: 'yes' });
    expect(await roleOf(clearTokenOn(made))).toBe('ADMIN');
    expect(await app.db.apiToken.count({ where: { isService: true } })).toBe(1);
  });

  test('nobody sees, replaces or revokes the tokens of others here, an admin neither', async () => {
    const reader = await app.addMember('READER');
    const theirs = await apiTokenOf(app, 'READER', reader);
    const page = await browser.visit(`/me/tokens?token=${theirs.id}`);
    expect([page.status, page.html.includes('no such token among yours')]).toEqual([400, true]);
    for (const decision of ['rotate', 'revoke'] as const) {
      const answer = await act(page, decision, { token: theirs.id });
      expect([answer.status, answer.html.includes('no such token among yours')]).toEqual([400, true]);
    }
    expect(await roleOf(theirs.token)).toBe('READER');
    expect(await app.db.apiToken.count()).toBe(1);
  });
});

describe('a token that is there', () => {
  test('is replaced by another that is shown once, and works on for as long as was chosen', async () => {
    const { made } = await create({ expires: '365' });
    const old = clearTokenOn(made);
    const { id } = await app.db.apiToken.findFirstOrThrow();
    const page = await browser.visit(`/me/tokens?token=${id}`);
    const replaced = await act(page, 'rotate', { overlap: '3600' });
    expect(replaced.html).toContain('The old one works until 1 June 2026, 13:00');
    const fresh = clearTokenOn(replaced);
    expect(fresh).not.toBe(old);
    expect([await roleOf(old), await roleOf(fresh)]).toEqual(['WRITER', 'WRITER']);
    const again = await act(page, 'rotate', { overlap: '3600' });
    expect([again.status, clearTokenOn(again)]).toEqual([200, undefined]);
    expect(await app.db.apiToken.count()).toBe(2);
    expect((await browser.visit('/me/tokens')).html).toContain('Replaced');
    app.clock.advance(3601);
    expect([await roleOf(old), await roleOf(fresh)]).toEqual([undefined, 'WRITER']);
  });

  test('replaced at once is over, and the form sent again says what it did', async () => {
    await create();
    const { id } = await app.db.apiToken.findFirstOrThrow();
    const page = await browser.visit(`/me/tokens?token=${id}`);
    expect((await act(page, 'rotate', { overlap: '0' })).html).toContain('The old one has stopped working.');
    const again = await act(page, 'rotate', { overlap: '0' });
    expect([again.status, again.html.includes('This form was sent before.')]).toEqual([200, true]);
  });

  test('is revoked, and fails at its next use; twice is no fault', async () => {
    const { made } = await create();
    const { id } = await app.db.apiToken.findFirstOrThrow();
    const page = await browser.visit(`/me/tokens?token=${id}`);
    const unsure = await act(page, 'revoke', { sure: '' });
    expect([unsure.status, unsure.html.includes('Tick the box')]).toEqual([400, true]);
    expect(await roleOf(clearTokenOn(made))).toBe('WRITER');
    const done = await act(page, 'revoke');
    expect(done.url.pathname + done.url.search).toBe('/me/tokens?done=revoked');
    expect(await roleOf(clearTokenOn(made))).toBeUndefined();
    const again = await act(page, 'revoke');
    expect([again.status, again.html.includes('may have been revoked already')]).toEqual([400, true]);
    expect(await app.db.auditLogEntry.count({ where: { action: 'API_TOKEN_REVOKED' } })).toBe(1);
  });

  test('that has expired says so, can be revoked and not be replaced', async () => {
    await create({ expires: '7' });
    app.clock.advance(8 * 86_400);
    browser = await signedInBrowser(app, app.owner);
    expect((await browser.visit('/me/tokens')).html).toContain('Expired');
    const { id } = await app.db.apiToken.findFirstOrThrow();
    const page = await browser.visit(`/me/tokens?token=${id}`);
    expect([page.html.includes('value="rotate"'), page.html.includes('value="revoke"')]).toEqual([false, true]);
  });
});

test('a long list comes in pages', async () => {
  for (let count = 0; count < 53; count += 1) await apiTokenOf(app, 'READER');
  const first = await browser.visit('/me/tokens');
  const next = /href="(\/me\/tokens\?before=[^"]+)"/.exec(first.html)?.[1] ?? '';
  const second = await browser.visit(next);
  const rows = [first, second].map(({ html }) => html.match(/<li class="row">/g)?.length);
  expect(rows).toEqual([50, 3]);
  expect(second.html).not.toContain('?before=');
});

test('an unfit form or address is answered with the list', async () => {
  for (const path of ['/me/tokens?token=', '/me/tokens?token=x%00', '/me/tokens?token=mem_1']) {
    expect([path, (await browser.visit(path)).status]).toEqual([path, 400]);
  }
  expect((await browser.visit('/me/tokens?before=nonsense')).status).toBe(200);
  const page = await browser.visit('/me/tokens');
  expect((await browser.submit(page, { decision: 'else' })).status).toBe(400);
});
