// The examples of docs/partners.md as running apps, each registered as the page says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GivenMetadata } from '../../src/clients/metadata.js';
import { blocksOf } from '../docs/recipes.js';
import type { TestServer } from './app.js';
import { registerClient, type TestClient } from './oauth.js';
import { type PartnerProcess, placeForApp, startPartnerProcess } from './partner-process.js';

export const partnersPage = readFileSync(join(import.meta.dirname, '../../docs/partners.md'), 'utf8');

/** The code of one language under a heading. */
export function snippetUnder(heading: string, language = 'js'): string {
  const sections = partnersPage.split(/^(?=###? )/m).filter((section) => section.startsWith(`### ${heading}\n`));
  const blocks = sections.flatMap((section) => blocksOf(section)).filter((block) => block.language === language);
  if (blocks.length !== 1) throw new Error(`There are ${blocks.length} blocks of ${language} under "${heading}".`);
  return blocks[0]?.text ?? '';
}

/** How the clients of the examples on servers are registered, where that is not the default. */
const registration: Record<string, GivenMetadata> = {
  'openid-client': {},
  oauth4webapi: {},
  'Auth.js': {},
  'passport-oauth2': { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' },
  'Passport with openid-client': {},
  'simple-oauth2': {},
  'express-openid-connect': {},
};
export const serverSideExamples = Object.keys(registration);

export interface DocumentedApp extends PartnerProcess {
  readonly client: TestClient;
}

/** Registers an app and starts its example. The account must be allowed loopback addresses. Stop it after the test. */
export async function startDocumentedApp(
  server: TestServer,
  name: string,
  { change = (source: string) => source, given = {} as GivenMetadata } = {},
): Promise<DocumentedApp> {
  const place = await placeForApp();
  const client = await registerClient(server, {
    name,
    redirectUris: [`${place.url}${name === 'Auth.js' ? '/auth/callback/latchkey' : '/callback'}`],
    postLogoutRedirectUris: [`${place.url}/`],
    scopes: ['openid', 'profile', 'email'],
    ...registration[name],
    ...given,
  });
  const app = await startPartnerProcess(place, change(snippetUnder(name)), {
    ISSUER: server.issuer,
    CLIENT_ID: client.clientId,
    CLIENT_SECRET: client.secret,
    SESSION_SECRET: 'a secret of the app, at least 32 characters',
  });
  return { ...app, client };
}
