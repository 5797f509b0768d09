// Guessing as attackers do it: passwords and client secrets by the thousand, from whatever addresses.
import { randomBytes } from 'node:crypto';
import { createClientSecret } from '../../src/lib/secret-format.js';
import { formatBasicCredentials } from './basic-credentials.js';
import { fieldsOf, TestBrowser } from './browser.js';

type Send = (url: string, init: RequestInit) => Response | Promise<Response>;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A secret that has the id of another and all the looks of ours, so that only the hash can tell that it is wrong. */
export function guessAtSecret(real: string): string {
  let isFirst = true;
  return createClientSecret((length) => {
    const selector = [...real.slice(4, 16)].map((letter) => alphabet.indexOf(letter));
    const bytes = isFirst ? Uint8Array.from(selector) : randomBytes(length);
    isFirst = false;
    return bytes;
  }).secret;
}

/** How often each status was answered. */
export type Tally = Map<number, number>;

function count(tally: Tally, status: number): void {
  tally.set(status, (tally.get(status) ?? 0) + 1);
}

export function sum(tally: Tally): number {
  return [...tally.values()].reduce((total, number) => total + number, 0);
}

/** Signs in from an address. @returns the status, and how many milliseconds it took until the session was there */
export async function signInFrom(
  browser: TestBrowser,
  issuer: string,
  person: { readonly email: string; readonly password: string },
  address: string,
): Promise<{ status: number; milliseconds: number; retryAfter: string | null }> {
  const began = performance.now();
  const headers = { 'x-forwarded-for': address };
  const login = await (await browser.fetch('/login?again=1', { headers })).text();
  const response = await browser.fetch('/login', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: issuer },
    body: new URLSearchParams({ ...fieldsOf(login), ...person }).toString(),
  });
  await response.text();
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, milliseconds: performance.now() - began, retryAfter };
}

/** Asks for a token with a client's credentials, from an address. */
export async function tokenFrom(
  send: Send,
  issuer: string,
  client: { readonly clientId: string; readonly secret: string },
  address: string,
): Promise<number> {
  const response = await send(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: formatBasicCredentials(client.clientId, client.secret),
      'x-forwarded-for': address,
    },
    body: 'grant_type=client_credentials',
  });
  await response.text();
  return response.status;
}

/** Runs a job so many times, several at once. */
export async function repeat(times: number, atOnce: number, job: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < times) {
      next += 1;
      await job(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Guesses at the passwords of these people. @returns what was answered */
export async function guessPasswords(
  send: Send,
  issuer: string,
  run: {
    readonly times: number;
    readonly atOnce: number;
    readonly emails: readonly string[];
    readonly addresses: readonly string[];
  },
): Promise<Tally> {
  const tally: Tally = new Map();
  const browser = new TestBrowser(send, issuer);
  const fields = fieldsOf(await (await browser.fetch('/login')).text());
  await repeat(run.times, run.atOnce, async (index) => {
    const email = run.emails[index % run.emails.length] ?? '';
    const address = run.addresses[Math.floor(index / run.emails.length) % run.addresses.length] ?? '';
    const response = await browser.fetch('/login', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: issuer, 'x-forwarded-for': address },
      body: new URLSearchParams({ ...fields, email, password: `guess number ${index}` }).toString(),
    });
    await response.text();
    count(tally, response.status);
  });
  return tally;
}

/** Guesses at the secrets of these clients. @returns what was answered */
export async function guessSecrets(
  send: Send,
  issuer: string,
  run: {
    readonly times: number;
    readonly atOnce: number;
    readonly clients: readonly { readonly clientId: string; readonly secret: string }[];
    readonly addresses: readonly string[];
  },
): Promise<Tally> {
  const tally: Tally = new Map();
  await repeat(run.times, run.atOnce, async (index) => {
    const client = run.clients[index % run.clients.length];
    const address = run.addresses[Math.floor(index / run.clients.length) % run.addresses.length] ?? '';
    if (!client) return;
    const guess = { clientId: client.clientId, secret: guessAtSecret(client.secret) };
    count(tally, await tokenFrom(send, issuer, guess, address));
  });
  return tally;
}

/** So many addresses in each of so many neighbourhoods. */
export function attackingAddresses(neighbourhoods: number, each: number): string[] {
  return Array.from({ length: neighbourhoods * each }, (_, index) => {
    const [neighbourhood, host] = [index % neighbourhoods, Math.floor(index / neighbourhoods)];
    return `198.18.${neighbourhood}.${host + 1}`;
  });
}
