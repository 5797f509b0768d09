// https by our own server: with the certificate that is named, with a renewed one without a restart, and never with half of one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config.js';
import { followCertificate, readCertificate } from '../../src/tls.js';
import { createCertificate } from '../support/certificate.js';
import { freePort, startService } from '../support/service.js';

let folder: string;
let files: { certificateFile: string; keyFile: string };
let first: { cert: string; key: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
  files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  first = createCertificate('localhost');
  put(first);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put({ cert, key }: { cert: string; key: string }): void {
  writeFileSync(files.certificateFile, cert);
  writeFileSync(files.keyFile, key);
}

/** What a server on loopback answers to one GET, asked by a client that trusts only this certificate. */
function getOver(port: number, cert: string, path: string, protocol?: 'TLSv1.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const versions = protocol ? { minVersion: protocol, maxVersion: protocol } : {};
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: cert, ...versions });
    let answer = '';
    socket.on('secureConnect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('the service speaks https with the named certificate, and TLS 1.2 at least', async () => {
  const port = await freePort();
  const { stop } = await startService(port, {
    LATCHKEY_ISSUER: `https://localhost:${port}`,
    LATCHKEY_TLS_CERT: files.certificateFile,
    LATCHKEY_TLS_KEY: files.keyFile,
  });
  try {
    const answer = await getOver(port, first.cert, '/.well-known/openid-configuration');
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).toContain(`"issuer":"https://localhost:${port}"`);
    await expect(getOver(port, first.cert, '/healthz', 'TLSv1.1')).rejects.toThrow();
  } finally {
    await stop();
  }
});

describe('a renewed certificate', () => {
  async function following(log: { warn(details: object, message: string): void }) {
    const server = createServer(first, (_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stop = followCertificate(server, { tls: files }, first, log, 20);
    return {
      get: (cert: string) => getOver((server.address() as AddressInfo).port, cert, '/'),
      close() {
        stop();
        server.close();
      },
    };
  }

  test('is used for new connections without a restart', async () => {
    const { get, close } = await following({ warn: () => {} });
    const second = createCertificate('localhost');
    await expect(get(second.cert)).rejects.toThrow();
    put(second);
    await vi.waitFor(async () => expect(await get(second.cert)).toContain('hello'));
    close();
  });

  test('of which only half is there yet changes nothing, and is told to the log', async () => {
    const warn = vi.fn();
    const { get, close } = await following({ warn });
    writeFileSync(files.certificateFile, createCertificate('localhost').cert);
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
    expect(await get(first.cert)).toContain('hello');
    close();
  });
});

describe('what is wrong is said with its setting', () => {
  test.each<[string, () => void, RegExp]>([
    ['a file that is not there', () => rmSync(files.keyFile), /LATCHKEY_TLS_KEY names the file .*key\.pem.*ENOENT/],
    ['a file that is no certificate', () => writeFileSync(files.certificateFile, 'hello'), /must be PEM files/],
    [
      'the key of another certificate',
      () => writeFileSync(files.keyFile, createCertificate('x').key),
      /its own private/,
    ],
  ])('%s', async (_, spoil, message) => {
    spoil();
    const reading = readCertificate({ tls: files });
    await expect(reading).rejects.toThrow(ConfigError);
    await expect(reading).rejects.toThrow(message);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ LATCHKEY_TLS_CERT: '/c.pem', LATCHKEY_ISSUER: 'https://id.example.com' }, /go together/],
    [{ LATCHKEY_TLS_KEY: '/k.pem', LATCHKEY_ISSUER: 'https://id.example.com' }, /go together/],
    [{ LATCHKEY_TLS_CERT: '/c.pem', LATCHKEY_TLS_KEY: '/k.pem' }, /needs LATCHKEY_ISSUER/],
  ])('%j', (environment, message) => {
    expect(() => loadConfig(environment)).toThrow(message);
  });
});
