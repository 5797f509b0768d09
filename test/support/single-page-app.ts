// The single-page app of docs/partners.md on an origin of its own: its two files as they stand on the page, with done to them
// what a bundler does.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import type { TestServer } from './app.js';
import { snippetUnder } from './documented-apps.js';
import { registerClient } from './oauth.js';
import { placeForApp } from './partner-process.js';

const libraries = createRequire(join(import.meta.dirname, '../partner-apps/package.json'));
const fromDist = (name: string, path: string) => join(dirname(libraries.resolve(`${name}/package.json`)), path);

/** What Vite resolves imports to: each library's build for browsers. */
const modules: Record<string, string> = {
  'oidc-client-ts': fromDist('oidc-client-ts', 'dist/esm/oidc-client-ts.js'),
  'jwt-decode': join(dirname(libraries.resolve('jwt-decode')), '../esm/index.js'),
};

/** Registers the app as the page says, and serves it. Close it after the test. */
export async function startSinglePageApp(server: TestServer, given: GivenMetadata = {}) {
  const { port, url } = await placeForApp();
  const client = await registerClient(server, {
    name: 'My single-page app',
    type: 'PUBLIC',
    redirectUris: [`${url}/callback`],
    postLogoutRedirectUris: [`${url}/`],
    allowedOrigins: [url],
    scopes: ['openid', 'profile', 'email'],
    ...given,
  });
  const variables: Record<string, string> = { VITE_ISSUER: server.issuer, VITE_CLIENT_ID: client.clientId };
  const imports = Object.fromEntries(Object.keys(modules).map((name) => [name, `/modules/${name}.js`]));
  const importMap = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  const page = snippetUnder('oidc-client-ts', 'html').replace('<script ', `${importMap}<script `);
  const main = snippetUnder('oidc-client-ts').replace(/import\.meta\.env\.(\w+)/g, (_, name: string) =>
    JSON.stringify(variables[name]),
  );
  const script = 'text/javascript';
  const files = new Map<string, readonly [type: string, text: string]>([
    ['/main.js', [script, main]],
    ...Object.entries(modules).map(
      ([name, file]) => [`/modules/${name}.js`, [script, readFileSync(file, 'utf8')]] as const,
    ),
  ]);
  const app = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', url);
    const [type, text] = files.get(pathname) ?? ['text/html; charset=utf-8', page];
    response.writeHead(pathname === '/favicon.ico' ? 204 : 200, { 'content-type': type });
    response.end(pathname === '/favicon.ico' ? undefined : text);
  });
  await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve));
  return {
    url,
    client,
    async close() {
      app.closeAllConnections();
      await new Promise((resolve) => app.close(resolve));
    },
  };
}

export type SinglePageApp = Awaited<ReturnType<typeof startSinglePageApp>>;
