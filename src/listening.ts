// Where the service listens: how it is written, and why it cannot. What it answers there is serve.ts's part.
import { once } from 'node:events';
import type { Server } from 'node:net';
import type { Config } from './config.js';
import { isLoopbackHost } from './lib/loopback.js';

type Place = Pick<Config, 'host' | 'port'>;

/** Nobody can connect. The message says which setting is wrong. */
export class ListenError extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'ListenError';
  }
}

/** The address and port as they are written together. */
export function placeOf({ host, port }: Place): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether whoever reads the issuer knows where the service listens: on this computer alone, at the same port. */
export function isAtIssuer({ host, port, issuer }: Place & Pick<Config, 'issuer'>): boolean {
  const { hostname, protocol, port: issuerPort } = new URL(issuer);
  const named = Number(issuerPort) || (protocol === 'https:' ? 443 : 80);
  return named === port && isLoopbackHost(hostname) && (isLoopbackHost(host) || host === '::1');
}

function reasonOf(error: NodeJS.ErrnoException, place: Place): string {
  const { host, port } = place;
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`;
    case 'EACCES':
      return `Port ${port} needs more rights than this user has. Choose one above 1023, with a proxy in front of it: PORT=4000 npm start`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return `HOST ${host} is not an address of this computer. 127.0.0.1 is for this computer alone, 0.0.0.0 for every network that it is in.`;
    default:
      return `Latchkey cannot listen on ${placeOf(place)}: ${error.message}. Check HOST and PORT.`;
  }
}

/**
 * Listens where the settings say.
 * @throws ListenError
 */
export async function listen(server: Server, place: Place): Promise<void> {
  server.listen(place.port, place.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ListenError(reasonOf(error as NodeJS.ErrnoException, place), { cause: error });
  }
}
