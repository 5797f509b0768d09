// Serving clients' logos (decision 14): our copy, from our address, as an image and never as a document; and the pages that show it.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logoPath } from '../../src/clients/logo.js';
import { startTestServer, type TestServer } from '../support/app.js';
import {
  anyPkce,
  authorizeUrl,
  newBrowser,
  registerClient,
  signedInBrowser,
  type TestClient,
} from '../support/oauth.js';

let app: TestServer;
beforeAll(async () => {
  app = await startTestServer();
});
afterAll(() => app.close());

/** The smallest GIF, of one transparent pixel, with something behind it to tell it from others. */
const gif = (tail = '') =>
  new Uint8Array(Buffer.concat([Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64'), Buffer.from(tail)]));

/** Stores a logo as fetchLogo would have given it. */
async function storeLogo(client: TestClient, bytes = gif(), contentType = 'image/gif') {
  const hash = createHash('sha256').update(bytes).digest('hex');
  const logo = { hash, contentType, bytes, fetchedAt: app.clock() };
  const where = { clientId: client.id };
  await app.db.oAuthClientLogo.upsert({ where, create: { ...where, ...logo }, update: logo });
  return { hash, path: logoPath(client.id, hash) };
}

async function clientWithLogo(bytes?: Uint8Array<ArrayBuffer>) {
  const client = await registerClient(app, { name: 'Weather app' });
  return { client, ...(await storeLogo(client, bytes)) };
}

/** One request over the network, as a browser's. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(new URL(path, app.issuer), { method, headers, redirect: 'manual' });

describe('a logo', () => {
  test('is served byte for byte with its type, to be cached for ever, and can do nothing', async () => {
    const { path, hash } = await clientWithLogo();
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/gif',
      'content-length': String(gif().length),
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      etag: `"${hash}"`,
    });
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(gif());
  });

  test('answers HEAD with the same headers and no body', async () => {
    const { path } = await clientWithLogo();
    const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
    expect(head.status).toBe(200);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'content-security-policy']) {
      expect(head.headers.get(name), name).toBe(whole.headers.get(name));
    }
    expect(await head.text()).toBe('');
  });

  test('is not sent again to a browser that has it (RFC 9110 13.1.2)', async () => {
    const { path, hash } = await clientWithLogo();
    for (const known of [`"${hash}"`, `W/"${hash}"`, `"other", "${hash}"`, '*']) {
      const response = await get(path, { 'if-none-match': known });
      expect([response.status, await response.text()]).toEqual([304, '']);
      expect(response.headers.get('etag')).toBe(`"${hash}"`);
      expect(response.headers.get('cache-control')).toMatch(/immutable/);
    }
    for (const other of ['"other"', hash]) expect((await get(path, { 'if-none-match': other })).status).toBe(200);
  });

  test('is never a document: bytes that a browser could take for HTML stay an image that runs nothing', async () => {
    const { path } = await clientWithLogo(gif('<!doctype html><script>alert(document.domain)</script>'));
    for (const accept of ['text/html', 'image/*', '*/*']) {
      const { headers } = await get(path, { accept, 'sec-fetch-dest': 'document' });
      expect(headers.get('content-type')).toBe('image/gif');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    }
  });

  test('is served under its own hash alone: what was changed has a new address, and the old one ends', async () => {
    const { client, path } = await clientWithLogo();
    const changed = await storeLogo(client, gif('another'));
    expect(changed.path).not.toBe(path);
    expect((await get(path)).status).toBe(404);
    expect((await get(changed.path)).status).toBe(200);
  });

  test('goes with its client', async () => {
    const { client, path } = await clientWithLogo();
    await app.db.oAuthClient.delete({ where: { id: client.id } });
    expect((await get(path)).status).toBe(404);
  });
});

describe('an address that names no logo is not found', () => {
  test('with an unknown hash, an unknown client, the hash of another client’s logo, or a client without one', async () => {
    const one = await clientWithLogo();
    const other = await clientWithLogo(gif('other'));
    const without = await registerClient(app);
    const paths = [
      logoPath(one.client.id, '0'.repeat(64)),
      logoPath('cli_00000000000000000000000000', one.hash),
      logoPath(one.client.id, other.hash),
      logoPath(without.id, one.hash),
    ];
    for (const path of paths) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect((await get(path, { 'if-none-match': '*' })).status).toBe(404);
    }
  });

  test('and when it is malformed the database is not asked', async () => {
    const { client, hash } = await clientWithLogo();
    const paths = [
      logoPath(client.clientId, hash),
      logoPath(client.id.toLowerCase(), hash),
      logoPath(app.owner.id, hash),
      logoPath(client.id, hash.toUpperCase()),
      logoPath(client.id, hash.slice(1)),
      logoPath(client.id, `${hash}.html`),
      logoPath(client.id, `${hash}%00`),
      logoPath('..%2f..%2fetc', 'passwd'),
      logoPath('x'.repeat(10_000), hash),
      logoPath(client.id, ''),
      `/logos/${client.id}`,
      '/logos/',
    ];
    app.statements.length = 0;
    for (const path of paths) expect((await get(path)).status, path).toBe(404);
    expect(app.statements).toEqual([]);
  });

  test('and nothing but reading is possible', async () => {
    const { path } = await clientWithLogo();
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await get(path, {}, method)).status).toBe(405);
  });
});

describe('the pages that name the app', () => {
  const images = (html: string) => [...html.matchAll(/<img\b[^>]*>/g)].map(([tag]) => tag);

  test('show the logo from our address, as decoration of a fixed size, and may load images from nowhere else', async () => {
    const { client, path } = await clientWithLogo();
    const browser = newBrowser(app);
    const login = await browser.visit(authorizeUrl(client, anyPkce));
    expect(login.url.pathname).toBe('/login');
    const consent = await browser.signIn(app.owner, login);
    expect(consent.url.pathname).toBe('/consent');
    for (const page of [login, consent]) {
      expect(images(page.html)).toEqual([`<img class="client-logo" src="${path}" alt="" width="48" height="48"/>`]);
      expect(page.headers.get('content-security-policy')).toMatch(/(^|; )img-src 'self'(;|$)/);
    }
    const shown = await browser.fetch(path);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/gif']);
  });

  test('show none for an app without a copy, whatever address its admin gave (no request leaves for elsewhere)', async () => {
    const client = await registerClient(app);
    const logoUrl = 'https://tracker.example/logo.png';
    await app.db.oAuthClient.update({ where: { id: client.id }, data: { logoUrl } });
    const consent = await (await signedInBrowser(app)).visit(authorizeUrl(client, anyPkce));
    const login = await newBrowser(app).visit(authorizeUrl(client, anyPkce));
    for (const page of [consent, login]) {
      expect(page.html).toContain('Test app');
      expect(images(page.html)).toEqual([]);
      expect(page.html).not.toContain('tracker.example');
    }
  });

  test('keep the logo when the password was wrong', async () => {
    const { client, path } = await clientWithLogo();
    const browser = newBrowser(app);
    const login = await browser.visit(authorizeUrl(client, anyPkce));
    const again = await browser.submit(login, { email: app.owner.email, password: 'not the password' });
    expect(again.html).toContain(path);
  });
});
