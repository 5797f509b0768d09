// That what was acknowledged is there after the process is killed, again and again, in the middle of writing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ownerPassword } from '../support/app.js';
import { TestBrowser } from '../support/browser.js';
import { createEmptyTestDatabase } from '../support/database.js';
import { freePort } from '../support/service.js';

const rounds = 8;
const writers = 4;

async function start(port: number, databaseUrl: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      LATCHKEY_OWNER_PASSWORD: ownerPassword,
      LATCHKEY_SECRET: 'a secret for tests of more than 32 bytes',
      LATCHKEY_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes('running')) break;
  return child;
}

test('no client whose registration was acknowledged is lost when the process is killed', async () => {
  const database = await createEmptyTestDatabase();
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const register =
    'mutation ($name: String!) { createOAuthClient(input: { name: $name, redirectUris: ["https://a.example/"] }) { oauthClient { id } } }';
  const acknowledged: string[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const service = await start(port, database.url);
      const browser = new TestBrowser((url, init) => fetch(url, init), issuer);
      await browser.signIn({ email: 'owner@example.com', password: ownerPassword });
      let alive = true;
      const work = Array.from({ length: writers }, async (_, writer) => {
        for (let count = 0; alive; count += 1) {
          const answer = await browser.graphql(register, { name: `${round}-${writer}-${count}` }).catch(() => null);
          const id = answer?.data?.createOAuthClient?.oauthClient?.id;
          if (typeof id === 'string') acknowledged.push(id);
        }
      });
      await pause(1000 + Math.random() * 500);
      service.kill('SIGKILL');
      await once(service, 'exit');
      alive = false;
      await Promise.all(work);
    }
    expect(acknowledged.length).toBeGreaterThan(rounds);

    const service = await start(port, database.url);
    const browser = new TestBrowser((url, init) => fetch(url, init), issuer);
    await browser.signIn({ email: 'owner@example.com', password: ownerPassword });
    const stored = new Set<string>();
    let after: string | null = null;
    do {
      const list =
        'query ($after: String) { oauthClients(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
      const { data } = await browser.graphql(list, { after });
      for (const { id } of data.oauthClients.nodes) stored.add(id);
      after = data.oauthClients.pageInfo.hasNextPage ? data.oauthClients.pageInfo.endCursor : null;
    } while (after !== null);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    service.kill('SIGTERM');
    expect((await once(service, 'exit'))[0]).toBe(0);
  } finally {
    await database.remove();
  }
}, 120_000);
