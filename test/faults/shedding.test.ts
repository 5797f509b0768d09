// Too much at once: what cannot be answered in reasonable time is refused at once, with 503 and when to come again; what is let in
// is answered. A running service under such load is overload.test.ts's part.
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { boundAfter, shedding } from '../../src/http/shedding.js';
import { type Incoming, underWay } from '../../src/http/under-way.js';

/** A service that reads what POST sends, and answers only when it is told to. */
async function slowService(
  most: number,
  {
    agent = false,
    millisecondsOfWork = 0,
  }: { readonly agent?: Agent | false; readonly millisecondsOfWork?: number } = {},
) {
  const waiting: (() => void)[] = [];
  const bodies: string[] = [];
  const shed = shedding(
    async (asked) => {
      for (const end = performance.now() + millisecondsOfWork; performance.now() < end; );
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
  const seen = { asked: 0, answered: 0 };
  const server = createServer((incoming, outgoing) => {
    seen.asked += 1;
    outgoing.once('prefinish', () => {
      seen.answered += 1;
    });
    shed.listener(incoming, outgoing);
  })
    .on('connection', shed.accepted)
    .listen(0);
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
  /** When so many have been let in, from the start. Without a clock, which a test may have stopped. */
  async function letIn(count: number): Promise<void> {
    while (waiting.length < count) await new Promise(setImmediate);
  }
  return { port, seen, waiting, bodies, ask, letIn };
}

/** So many requests, to be sent without waiting for an answer. */
const ahead = (count: number) => 'GET /me HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(count);

describe('a process with its hands full', () => {
  test('refuses at once, each endpoint in its own words, and never those who ask whether it lives', async () => {
    const { ask, waiting, letIn } = await slowService(1);
    const first = ask();
    await letIn(1);
    for (const [path, type, words] of [
      ['/oauth/token', 'application/json', '"error":"temporarily_unavailable"'],
      ['/.well-known/openid-configuration', 'application/json', '"error":"temporarily_unavailable"'],
      ['/graphql', 'application/json', '"code":"SERVICE_UNAVAILABLE"'],
      ['/.well-known/change-password', 'text/html; charset=utf-8', 'Please wait a moment'],
      ['/oauth/authorize?client_id=a', 'text/html; charset=utf-8', 'Please wait a moment'],
      ['/oauth/userinfo?access_token=a', 'application/json', '"error":"temporarily_unavailable"'],
      ['/login?return_to=/', 'text/html; charset=utf-8', 'Please wait a moment'],
    ] as const) {
      const response = await ask(path).answer;
      expect([path, response.status]).toEqual([path, 503]);
      expect(response.headers['content-type']).toBe(type);
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.headers['content-length']).toBe(String(Buffer.byteLength(response.text)));
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

  test('lets an app in a browser read why its call was refused, and when to come again', async () => {
    const { ask, letIn } = await slowService(1);
    ask();
    await letIn(1);
    const { headers } = await ask('/oauth/userinfo', { origin: 'https://app.example.com' }, 'GET').answer;
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Retry-After',
    });
    const page = await ask('/login', { origin: 'https://app.example.com' }, 'GET').answer;
    expect(page.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('answers on a connection on which it has refused a request without reading it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    onTestFinished(() => agent.destroy());
    const { ask, waiting, letIn } = await slowService(1, { agent });
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

  test('does nothing for whoever has gone while they were in line', async () => {
    const { port, seen, waiting } = await slowService(1000, { millisecondsOfWork: 5 });
    const socket = connect(port);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(ahead(100));
    while (seen.asked < 100) await new Promise(setImmediate);
    socket.destroy();
    await pause(1_000);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.length).toBeLessThan(20);
  });

  test('has all places again after whoever sends what no app is asked about, ahead, and goes', async () => {
    const { port, ask, letIn, seen } = await slowService(50, { millisecondsOfWork: 5 });
    for (let round = 1; round <= 3; round += 1) {
      const socket = connect(port);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(ahead(50).replaceAll('localhost', 'a/b'));
      while (seen.asked < 50 * round) await new Promise(setImmediate);
      socket.destroy();
      await pause(50);
    }
    ask();
    await letIn(1);
  });

  test('closes the connection of whoever goes on sending what was refused', async () => {
    const { port, ask, letIn } = await slowService(1);
    ask();
    await letIn(1);
    const socket = connect(port);
    socket.on('error', () => {});
    const received = text(socket).catch(() => '');
    socket.write('POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n');
    const sending = setInterval(() => socket.write('a'), 20);
    expect(await received).toMatch(/^HTTP\/1.1 503 /);
    clearInterval(sending);
  });

  test('holds no answers back for one who sends many requests ahead and reads none', async () => {
    const { port, ask, letIn, seen } = await slowService(1);
    ask();
    await letIn(1);
    const socket = connect(port);
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    socket.pause();
    socket.write(ahead(50_000));
    await pause(1_000);
    // Node stops reading once so much is answered that nobody takes.
    expect(seen.asked - seen.answered).toBeLessThan(1_000);
    expect(seen.asked).toBeLessThan(50_000);
  });

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
