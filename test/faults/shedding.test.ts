// Too much at once: what cannot be answered in reasonable time is refused at once, with 503 and when to come again; what is let in
// is answered; and when the load is over nothing of it is left.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { boundAfter, shedding } from '../../src/http/shedding.js';
import { type Incoming, underWay } from '../../src/http/under-way.js';
import { createEmptyTestDatabase, type EmptyTestDatabase } from '../support/database.js';
import { type TestClient, token } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { ownersBrowser, type Remote, registerOver, remote } from './remote.js';

/** A service that reads what POST sends, and answers only when it is told to. */
async function slowService(most: number, agent: Agent | false = false) {
  const waiting: (() => void)[] = [];
  const bodies: string[] = [];
  const shed = shedding(
    async (asked) => {
      const answer = new Promise<Response>((resolve) => waiting.push(() => resolve(new Response('done'))));
      if (asked.method === 'POST')
        void asked.text().then(
          (body) => bodies.push(body),
          () => {},
        );
      return answer;
    },
    most,
    { warn: () => {} },
  );
  const server = createServer(shed.listener).on('connection', shed.accepted).listen(0);
  await once(server, 'listening');
  onTestFinished(() => {
    shed.stop();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;

  /** Sends the head of a request, and its body when there is one to send. */
  function ask(path = '/oauth/token', headers: Record<string, string> = {}, method = 'POST', body = '') {
    const sent = request({ port, path, method, headers, agent });
    const answer = once(sent, 'response').then(async ([response]) => ({
      status: response.statusCode as number,
      headers: response.headers as Record<string, string>,
      text: await text(response),
    }));
    // Of those that nobody waits for the test ends.
    answer.catch(() => {});
    if (Number(headers['content-length'] ?? 0) > body.length) sent.flushHeaders();
    else sent.end(body);
    return { sent, answer };
  }
  /** When so many have been let in, from the start. */
  const letIn = (count: number) => vi.waitFor(() => expect(waiting).toHaveLength(count));
  return { waiting, bodies, ask, letIn };
}

describe('a process with its hands full', () => {
  test('refuses at once, each endpoint in its own words, and never those who ask whether it lives', async () => {
    const { ask, waiting, letIn } = await slowService(1);
    const first = ask();
    await letIn(1);
    for (const [path, type, words] of [
      ['/oauth/token', 'application/json', '"error":"temporarily_unavailable"'],
      ['/.well-known/openid-configuration', 'application/json', '"error":"temporarily_unavailable"'],
      ['/graphql', 'application/json', '"code":"SERVICE_UNAVAILABLE"'],
      ['/login?return_to=/', 'text/html; charset=utf-8', 'Please wait a moment'],
    ] as const) {
      const response = await ask(path).answer;
      expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers['content-type']).toBe(type);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.text).toContain(words);
    }
    expect(waiting).toHaveLength(1);
    for (const path of ['/healthz', '/readyz']) ask(path);
    await letIn(3);
    for (const answer of waiting) answer();
    expect((await first.answer).status).toBe(200);
    ask();
    await letIn(4);
  });

  test('answers on a connection on which it has refused a request without reading it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    onTestFinished(() => agent.destroy());
    const { ask, waiting, letIn } = await slowService(1, agent);
    const first = ask('/oauth/token');
    await letIn(1);
    const body = 'a=b&'.repeat(50_000);
    const refused = ask('/oauth/token', { 'content-length': String(body.length) }, 'POST', body);
    expect((await refused.answer).status).toBe(503);
    const probe = ask('/healthz', {}, 'GET');
    await letIn(2);
    expect(probe.sent.reusedSocket).toBe(true);
    for (const answer of waiting) answer();
    expect(await Promise.all([first.answer, probe.answer])).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  test('counts a request when its body has come: whoever sends one slowly takes nobody’s place', async () => {
    const { ask, waiting, bodies, letIn } = await slowService(1);
    const slow = ask('/oauth/token', { 'content-length': '1000' });
    await letIn(1);
    const quick = ask('/oauth/token');
    await letIn(2);
    waiting[1]?.();
    await quick.answer;
    slow.sent.end('x'.repeat(1000));
    await vi.waitFor(() => expect(bodies).toContain('x'.repeat(1000)));
    expect((await ask('/oauth/token').answer).status).toBe(503);
    waiting[0]?.();
    expect((await slow.answer).status).toBe(200);
    ask('/oauth/token');
    await letIn(3);
  });

  for (const [what, headers, method, body] of [
    ['a GET that says it has no body', { 'content-length': '0' }, 'GET', ''],
    ['a GET with a body, which nobody reads', { 'content-length': '5' }, 'GET', 'hello'],
    ['a DELETE with a body of unsaid length', { 'transfer-encoding': 'chunked' }, 'DELETE', 'hello'],
    ['a POST that says it has no body', { 'content-length': '0' }, 'POST', ''],
  ] as const) {
    test(`counts ${what} at once`, async () => {
      const { ask, waiting, letIn } = await slowService(1);
      const first = ask('/oauth/userinfo', headers, method, body);
      await letIn(1);
      expect((await ask('/oauth/userinfo', headers, method, body).answer).status).toBe(503);
      waiting[0]?.();
      expect((await first.answer).status).toBe(200);
    });
  }

  test('takes no answer for work done that was given without the body', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { ask, waiting, letIn } = await slowService(1000);
    for (let more = 0; more < 100; more += 1) ask();
    await letIn(100);
    vi.advanceTimersByTime(1_000);
    const bodiless = Array.from({ length: 200 }, () => ask('/oauth/token', { 'content-length': '1000' }));
    await letIn(300);
    for (const answer of waiting.slice(100)) answer();
    await Promise.all(bodiless.map(({ answer }) => answer));
    vi.advanceTimersByTime(1_000);
    // A hundred under way for a second and none answered: no more are let in.
    expect((await ask().answer).status).toBe(503);
  });

  test('has a place for the next as soon as a request is answered', () => {
    const requests = underWay();
    const end = requests.begin({ method: 'GET', headers: {} } as Incoming);
    expect(requests.isAtLeast(1)).toBe(true);
    end(true);
    expect(requests.isAtLeast(1)).toBe(false);
    expect(requests.look()).toMatchObject({ done: 1, now: 0 });
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
