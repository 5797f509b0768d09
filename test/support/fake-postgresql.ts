// Servers that a URL of PostgreSQL may lead to by mistake, or that are ill: each does with a connection what it is told and no more.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A message of PostgreSQL's protocol. */
function message(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** What a server may do with each connection. */
export const behaviours = {
  /** As one that is frozen, or that waits for another protocol's first words. */
  saysNothing(_socket: Socket) {},
  hangsUp(socket: Socket) {
    socket.once('data', () => socket.end());
  },
  /** As one that froze right after it had let somebody in. */
  answersNoQuery(socket: Socket) {
    socket.once('data', () => socket.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))])));
  },
  /** Asks for one, and leaves the connection open whatever comes. */
  wantsPassword(socket: Socket) {
    socket.once('data', () => {
      socket.write(message('R', int32(10), Buffer.from('SCRAM-SHA-256\0\0')));
      socket.once('data', () => socket.write(message('R', int32(11), Buffer.from('r=x,s=eA==,i=4096'))));
    });
  },
  /** Lets nobody in. */
  refuses: (code: string, words: string) => (socket: Socket) => {
    const fields = `SFATAL\0VFATAL\0C${code}\0M${words}\0\0`;
    socket.once('data', () => socket.end(message('E', Buffer.from(fields))));
  },
};

/** Listens. @returns a URL of a database there, and how to stop it */
export async function startFakePostgresql(behave: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    behave(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgresql://latchkey@127.0.0.1:${(server.address() as AddressInfo).port}/latchkey`,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
