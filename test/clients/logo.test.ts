// Fetching a client's logo (decisions 14 and 15): what is taken for a picture, and what an admin is told of anything else.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchLogo } from '../../src/clients/logo.js';
import { createOutbound } from '../../src/http/outbound.js';
import { InputError } from '../../src/lib/errors.js';

const now = new Date('2026-06-01T12:00:00.000Z');
let answer: { contentType: string; bytes: Buffer } = { contentType: '', bytes: Buffer.alloc(0) };
const server = createServer((_request, response) => {
  if (answer.contentType !== '') response.setHeader('Content-Type', answer.contentType);
  response.end(answer.bytes);
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logo`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function fetched(bytes: Buffer, contentType = '') {
  answer = { contentType, bytes };
  const outbound = createOutbound({ outboundAllow: [new URL(url).host] });
  return fetchLogo({ outbound, clock: () => now }, url);
}

/** The message of the one issue, at `logoUrl`. */
async function refusal(logo: Promise<unknown>): Promise<string> {
  const error = await logo.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  const { issues } = error as InputError;
  expect(issues).toEqual([{ code: 'INVALID', message: expect.any(String), path: ['logoUrl'] }]);
  return issues[0]?.message ?? '';
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const pictures: [string, Buffer][] = [
  ['image/png', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
  ['image/jpeg', latin1('\xff\xd8\xff\xe0\0\x10JFIF\0')],
  ['image/gif', latin1('GIF87a\x01\0\x01\0')],
  ['image/gif', latin1('GIF89a\x01\0\x01\0')],
  ['image/webp', latin1('RIFF\x24\0\0\0WEBPVP8 ')],
  ['image/avif', latin1('\0\0\0\x20ftypavif\0\0\0\0')],
];

describe('what is taken for a picture', () => {
  test.each(pictures)('%s, with its hash and when it was fetched', async (contentType, bytes) => {
    expect(await fetched(bytes)).toEqual({
      hash: createHash('sha256').update(bytes).digest('hex'),
      contentType,
      bytes: new Uint8Array(bytes),
      fetchedAt: now,
    });
  });

  test.each(['text/html', 'image/svg+xml', 'application/octet-stream', 'image/jpeg; charset=x', ''])(
    'is told by its bytes, whatever the server says it is: %j',
    async (claimed) => {
      for (const [contentType, bytes] of pictures)
        expect((await fetched(bytes, claimed)).contentType).toBe(contentType);
    },
  );

  test('has up to 256 kB', async () => {
    const large = Buffer.alloc(256_000);
    large.write('GIF89a');
    expect((await fetched(large)).bytes).toHaveLength(256_000);
    const message = await refusal(fetched(Buffer.concat([large, Buffer.alloc(1)])));
    expect(message).toBe('The logo could not be fetched. The answer is larger than 256 kB.');
  });
});

describe('what is refused', () => {
  test.each([
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '<?xml version="1.0"?>\n<!-- a picture --><svg>',
    '\ufeff  <SVG\nonload="alert(1)">',
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/onload=alert(1) >',
  ])('SVG, a document that can hold scripts, also when it is called a PNG: %s', async (text) => {
    for (const claimed of ['image/svg+xml', 'image/png', '']) {
      const message = await refusal(fetched(Buffer.from(text), claimed));
      if (claimed !== '') expect(message).toContain('Use PNG, JPEG, GIF or WebP.');
    }
    expect(await refusal(fetched(Buffer.from(text), 'image/svg+xml'))).toMatch(/is an SVG/);
  });

  test.each([
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['a script', 'alert(1)'],
    ['a PDF', '%PDF-1.7'],
    ['a signature that does not begin the file', ' \x89PNG\r\n\x1a\n'],
    ['half a signature', '\x89PNG'],
    ['another RIFF file', 'RIFF\x24\0\0\0WAVEfmt '],
    ['a film', '\0\0\0\x20ftypisom\0\0\0\0'],
    ['a compressed SVG', '\x1f\x8b\x08\0'],
    ['nothing', ''],
  ])('%s, though the server says that it is a PNG', async (_what, text) => {
    const message = await refusal(fetched(latin1(text), 'image/png'));
    expect(message).toBe('What is at the address of the logo is no picture that we know. Use PNG, JPEG, GIF or WebP.');
  });

  test('an address that may not be called (known attack 48), in words for the admin', async () => {
    const outbound = createOutbound({ outboundAllow: [] });
    const logo = (address: string) => refusal(fetchLogo({ outbound, clock: () => now }, address));
    expect(await logo('https://[::ffff:169.254.169.254]/latest/meta-data/')).toMatch(
      /^The logo could not be fetched\. The address is a private one/,
    );
    expect(await logo(url)).toMatch(/^The logo could not be fetched\. Only https addresses/);
  });

  test('but a fault of ours is no fault of the admin', async () => {
    const fail = () => Promise.reject(new TypeError('a fault'));
    const outbound = { get: fail, post: fail };
    await expect(fetchLogo({ outbound, clock: () => now }, url)).rejects.toThrow(TypeError);
  });
});
