// A running service of which more is asked than it can do: it refuses some, answers all others, lets in who is new, and is as quick
// as ever afterwards.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { type TestClient, token } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { ownersBrowser, type Remote, registerOver, remote } from './remote.js';

describe('a running service', { timeout: 60_000 }, () => {
  let database: EmptyTestDatabase;
  let service: ServiceProcess;
  let far: Remote;
  let client: TestClient;
  let apiToken: string;
  beforeAll(async () => {
    database = await createEmptyTestDatabase();
    service = await startServiceProcess(await freePort(), database.url, { LATCHKEY_MAX_IN_FLIGHT: '64' });
    far = remote(service.issuer);
    const owner = await ownersBrowser(far);
    client = await registerOver(owner);
    const { data } = await owner.graphql(
      'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token } }',
      { input: { name: 'Load', role: 'READER' } },
    );
    apiToken = data.createApiToken.token;
  });
  afterAll(async () => {
    await service?.stop();
    await database?.remove();
  });

  /** Asks GraphQL for a list on so many connections kept open. @returns each answer's status and Retry-After */
  async function load(connections: number, milliseconds: number): Promise<string[]> {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const answers: string[] = [];
    const body = JSON.stringify({ query: '{ oauthClients(first: 1) { nodes { id } } }' });
    const ask = () =>
      new Promise<void>((resolve, reject) => {
        const sent = request(
          `${service.issuer}/graphql`,
          {
            agent,
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'content-length': body.length,
              authorization: `Bearer ${apiToken}`,
            },
          },
          (response) => {
            answers.push(`${response.statusCode} ${response.headers['retry-after'] ?? ''}`.trim());
            response.resume().once('end', resolve).once('error', reject);
          },
        );
        sent.once('error', reject).end(body);
      });
    const end = performance.now() + milliseconds;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < end) await ask();
      }),
    );
    agent.destroy();
    return answers;
  }

  test('refuses nobody of 64 at once', async () => {
    expect(new Set(await load(64, 1_000))).toEqual(new Set(['200']));
  });

  test('with ten times what it lets in answers 200 or 503 and nothing else, and is as quick as ever afterwards', async () => {
    const answers = await load(640, 2_000);
    expect([...new Set(answers)].toSorted()).toEqual(['200', '503 2']);
    const began = performance.now();
    expect((await token(far.app, client, { grant_type: 'client_credentials' })).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(service.isAlive()).toBe(true);
    expect(service.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
    // Not a line for each: that would be work too.
    expect(service.logged.length).toBeLessThan(10);
  });

  test('accepts connections while it has its hands full, as of those who ask whether it lives', async () => {
    await service.stop();
    service = await startServiceProcess(await freePort(), database.url);
    const loading = load(300, 3_000);
    await pause(500);
    const alive = fetch(`${service.issuer}/healthz`, { headers: { connection: 'close' } });
    expect(await Promise.race([alive.then(({ status }) => status), loading.then(() => 'not in all that time')])).toBe(
      200,
    );
    expect(await loading).toContain('200');
  });
});
