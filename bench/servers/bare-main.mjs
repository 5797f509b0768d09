// A server that reads the request and answers with a constant as long as a token response of Latchkey's: how fast the driver can
// be at all. Started by bare.mjs.
import { createServer } from 'node:http';

const body = JSON.stringify({ access_token: 'x'.repeat(400), token_type: 'Bearer', expires_in: 600, scope: 'read' });
const headers = {
  'Content-Type': 'application/json',
  'Content-Length': Buffer.byteLength(body),
  'Cache-Control': 'no-store',
};

createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200, headers).end(body));
}).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
