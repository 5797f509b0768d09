// Ends the service without dropping a request: no new connections, an answer to all that is under way, and only then the rest.
// What is told, and what is let go of afterwards, is serve.ts's part.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { type Socket, Server as TcpServer } from 'node:net';
import { setTimeout as pause, setImmediate as turnOfTheLoop } from 'node:timers/promises';

/** What can be stopped. */
export interface Stoppable {
  /** Resolves when all is done. Called again, it waits for the same. */
  stop(): Promise<void>;
}

/** What is stopped by doing this, once. */
export function stoppable(stop: () => Promise<void>): Stoppable {
  let stopping: Promise<void> | undefined;
  return {
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** How long each part of stopping may take. All of it is less than the ten seconds after which Docker kills what it told to stop. */
const mostForRequestsMilliseconds = 8_000;
const mostInAllMilliseconds = 9_000;
/**
 * A client that uses its connections all the time sends the next request before this is over, is answered that it was the
 * last one, and closes by itself. A connection that was silent for so long is unlikely to be used in the moment of closing.
 */
const silenceMilliseconds = 1_000;
const lookEveryMilliseconds = 50;
/** No more connections are taken once none has come for so long; and after the second of the two in any case. */
const quietMilliseconds = 20;
const mostUntilQuietMilliseconds = 500;

/** A connection on which requests come. */
interface Line {
  /** Those that have not been sent to their end: one, unless requests are sent without waiting for answers. */
  readonly answers: ServerResponse[];
  /** What had come when the last answer was sent: more is the beginning of another request. */
  bytesRead: number;
}

/** Follows a server's connections, so that each can be ended between two requests. */
class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #lines = new Map<Socket, Line>();
  #accepted = 0;
  #ending = false;

  constructor(server: Server | SecureServer) {
    server.on('connection', (socket: Socket) => {
      this.#accepted += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on(server instanceof SecureServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#lines.set(socket, { answers: [], bytesRead: socket.bytesRead });
      socket.once('close', () => this.#lines.delete(socket));
    });
    // Before the application, which may answer at once.
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#ending) response.setHeader('Connection', 'close');
      const line = this.#lines.get(request.socket);
      if (!line) return;
      // Not in one set for all: each time that it grows anew, what is left of it keeps them in memory until the next full collection.
      line.answers.push(response);
      // Not 'finish': what was handed over for sending may not have left yet.
      response.once('close', () => {
        // Answers leave in order: it is the first.
        line.answers.splice(line.answers.indexOf(response), 1);
        line.bytesRead = request.socket.bytesRead;
      });
    });
  }

  /** Whether every answer from now on says that it is its connection's last one. */
  endAfterAnswers(ending: boolean): void {
    this.#ending = ending;
    if (!ending) return;
    for (const { answers } of this.#lines.values()) {
      for (const response of answers) if (!response.headersSent) response.setHeader('Connection', 'close');
    }
  }

  /** Waits until nobody is connecting: who has connected, but was not taken yet, is cut off when the server closes. */
  async untilNobodyConnects(): Promise<void> {
    const begun = performance.now();
    let before: number;
    do {
      before = this.#accepted;
      await pause(quietMilliseconds);
      // Just after the loop has taken whoever has come.
      await turnOfTheLoop();
    } while (this.#accepted > before && performance.now() - begun < mostUntilQuietMilliseconds);
  }

  /** Closes connections on which nothing is asked. Call it just after the loop has read what has come. */
  closeSilent(): void {
    for (const [socket, { answers, bytesRead }] of this.#lines) {
      if (answers.length === 0 && socket.bytesRead === bytesRead) socket.destroy();
    }
  }

  /** Closes all, whatever is under way. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/**
 * Prepares to stop a server. Call it before the server listens.
 * @param parts.delayMilliseconds how long to go on as before, but for saying that each answer is its connection's last one:
 *   load balancers need that time to notice
 * @param parts.stopListening resolves when no more connections come, and has closed the server by what it is given
 * @param parts.onBegin called at once when stopping begins
 * @param parts.afterRequests called when the last request has been answered; what it does not get done in time is left
 * @param parts.atEnd called at the very end
 */
export function prepareStop(parts: {
  readonly server: Server | SecureServer;
  readonly delayMilliseconds: number;
  stopListening(close: () => void): Promise<void> | void;
  onBegin(): void;
  afterRequests(): Promise<unknown>;
  atEnd(): Promise<void>;
}): Stoppable {
  const { server } = parts;
  const connections = new Connections(server);

  async function answerTheLast(): Promise<void> {
    // Who is told that a connection ends connects anew, which nobody should have to in the moment of closing.
    connections.endAfterAnswers(false);
    await connections.untilNobodyConnects();
    // Node's own close of an HTTP server cuts off connections that are silent just now, with what is arriving on them.
    const closed = new Promise<void>((resolve) => server.once('close', resolve));
    await parts.stopListening(() => TcpServer.prototype.close.call(server));
    connections.endAfterAnswers(true);
    const closedAt = performance.now();
    const look = () => {
      if (performance.now() - closedAt >= silenceMilliseconds) connections.closeSilent();
    };
    // Immediates run just after the loop has read what has come, timers just before.
    const looking = setInterval(() => setImmediate(look), lookEveryMilliseconds);
    const impatience = setTimeout(() => connections.closeAll(), mostForRequestsMilliseconds);
    await closed;
    clearInterval(looking);
    clearTimeout(impatience);
  }

  async function stop(): Promise<void> {
    parts.onBegin();
    if (parts.delayMilliseconds > 0) {
      connections.endAfterAnswers(true);
      await pause(parts.delayMilliseconds);
    }
    const tooLong = new AbortController();
    const inAll = pause(mostInAllMilliseconds, undefined, { signal: tooLong.signal }).catch(() => {});
    await answerTheLast();
    await Promise.race([parts.afterRequests(), inAll]);
    tooLong.abort();
    await parts.atEnd();
  }

  return stoppable(stop);
}

// A terminal's Ctrl-C, as systemd's stop, goes to all that it started, and npm passes on what it gets: the second one is not somebody
// who is impatient. Who is asks once more.
const sameSignalMilliseconds = 1_000;

/** Stops at the first SIGINT or SIGTERM, and ends the process. Another one ends it at once, unless it comes within a second. */
export function stopAtSignal(starting: Promise<Stoppable>): void {
  let since: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (since !== undefined) {
        if (now - since > sameSignalMilliseconds) process.exit(1);
        return;
      }
      since = now;
      // One that comes while the service starts waits until it has started: a migration is not to be cut off. Whoever
      // awaits the start says why it failed.
      starting.then(
        async ({ stop }) => {
          await stop();
          process.exit(0);
        },
        () => process.exit(1),
      );
    });
  }
}
