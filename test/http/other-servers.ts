// Servers of somebody else's for tests of calls out: what they meet, what they say, and how a call to one is refused.
import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { expect } from 'vitest';
import { createOutbound, type OutboundParts } from '../../src/http/outbound.js';
import { OutboundError } from '../../src/lib/errors.js';

export const limits = { mostBytes: 1000 };
const servers: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

/** Closes all of them: after each test. */
export async function closeServers() {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
}

/** Listens on 127.0.0.1. @returns the port, and what the server met */
export async function listen(server: Server | TcpServer) {
  servers.push(server);
  const met = { connections: 0 };
  server.on('connection', (socket: Socket) => {
    met.connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, met, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/file` };
}

export const serve = (listener: RequestListener) => listen(createServer(listener));

/** A server that says exactly this to whoever connects, and then perhaps no more. */
export function say(text: string, then: 'end' | 'hold' = 'end') {
  return listen(
    createTcpServer((socket) => {
      socket.once('data', () => (then === 'end' ? socket.end(text) : socket.write(text)));
    }),
  );
}

/** The message that a call fails with. Every failure must be one that whoever named the address may read. */
export async function refusal(url: string, allow: readonly string[] = [], parts: OutboundParts = {}): Promise<string> {
  const call = createOutbound({ outboundAllow: allow }, parts).get(url, limits);
  const error = await call.then(
    () => new Error('It was answered.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return (error as OutboundError).message;
}

export const answers = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
