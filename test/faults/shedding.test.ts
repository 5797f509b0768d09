// Too much at once: what cannot be answered in reasonable time is refused at once, with 503 and when to come again; what is let in
// is answered; and when the load is over nothing of it is left.
import { EventEmitter } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { boundAfter, shedding } from '../../src/http/shedding.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { type TestClient, token } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { ownersBrowser, type Remote, registerOver, remote } from './remote.js';

const silent = { warn: () => {} };

/** A service that answers only when it is told to. */
function slowService(most: number) {
  const waiting: (() => void)[] = [];
  const shed = shedding(
    () => new Promise<Response>((resolve) => waiting.push(() => resolve(new Response('done')))),
    most,
    silent,
  );
  const ask = (path = '/oauth/token', headers: Record<string, string> = {}, method = 'POST') => {
    const incoming = Object.assign(new EventEmitter(), { url: path, headers, method });
    const answer = Promise.resolve(shed.fetch(new Request(`http://localhost${path}`), { incoming } as never));
    return { incoming, answer };
  };
  return { waiting, ask, stop: shed.stop };
}

// A request counts until the turn of the event loop is over in which it was answered.
const turnOver = () => pause(1);

describe('a process with its hands full', () => {
  test('refuses at once, each endpoint in its own words, and never those who ask whether it lives', async () => {
    const { ask, waiting, stop } = slowService(1);
    const first = ask();
    for (const [path, type, words] of [
      ['/oauth/token', 'application/json', '"error":"temporarily_unavailable"'],
      ['/.well-known/openid-configuration', 'application/json', '"error":"temporarily_unavailable"'],
      ['/graphql', 'application/json', '"code":"SERVICE_UNAVAILABLE"'],
      ['/login?return_to=/', 'text/html; charset=utf-8', 'Please wait a moment'],
    ] as const) {
      const response = await ask(path).answer;
      expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers.get('content-type')).toBe(type);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.text()).toContain(words);
    }
    expect(waiting).toHaveLength(1);
    for (const path of ['/healthz', '/readyz']) void ask(path);
    expect(waiting).toHaveLength(3);
    for (const answer of waiting) answer();
    expect((await first.answer).status).toBe(200);
    await turnOver();
    void ask();
    expect(waiting).toHaveLength(4);
    stop();
  });

  test('counts a request when its body has come: whoever sends one slowly takes nobody’s place', async () => {
    const { ask, waiting, stop } = slowService(1);
    const slow = ask('/oauth/token', { 'content-length': '1000' });
    void ask('/oauth/token');
    expect(waiting).toHaveLength(2);
    waiting[1]?.();
    await turnOver();
    slow.incoming.emit('end');
    expect((await ask().answer).status).toBe(503);
    waiting[0]?.();
    await slow.answer;
    await turnOver();
    void ask();
    expect(waiting).toHaveLength(3);
    stop();
  });

  for (const [what, headers, method] of [
    ['a GET that says it has no body', { 'content-length': '0' }, 'GET'],
    ['a GET with a body, which nobody reads', { 'content-length': '5' }, 'GET'],
    ['a DELETE with a body of unsaid length', { 'transfer-encoding': 'chunked' }, 'DELETE'],
    ['a POST that says it has no body', { 'content-length': '0' }, 'POST'],
  ] as const) {
    test(`counts ${what} at once`, async () => {
      const { ask, waiting, stop } = slowService(1);
      const first = ask('/oauth/userinfo', headers, method);
      expect((await ask('/oauth/userinfo', headers, method).answer).status).toBe(503);
      waiting[0]?.();
      expect((await first.answer).status).toBe(200);
      stop();
    });
  }

  test('takes no answer for work done that was given without the body', async () => {
    vi.useFakeTimers();
    const { ask, waiting, stop } = slowService(1000);
    for (let more = 0; more < 100; more += 1) void ask();
    await vi.advanceTimersByTimeAsync(1_000);
    for (let more = 0; more < 500; more += 1) void ask('/oauth/token', { 'content-length': '1000' });
    for (const answer of waiting.slice(100)) answer();
    await vi.advanceTimersByTimeAsync(1_000);
    // A hundred under way for a second and none answered: no more are let in.
    expect((await ask().answer).status).toBe(503);
    stop();
    vi.useRealTimers();
  });

  test('lets in what it answers in two seconds at the rate of the last one, once it had enough to do throughout', () => {
    // Not busy all the time: nothing is known.
    expect(boundAfter(1000, 10, 5)).toBe(1000);
    expect(boundAfter(1000, 500, 100)).toBe(200);
    expect(boundAfter(1000, 500, 5000)).toBe(1000);
    // As many as any load balancer keeps open, even when nothing is answered.
    expect(boundAfter(1000, 500, 0)).toBe(64);
    expect(boundAfter(10, 10, 0)).toBe(10);
  });
});

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
});
