// Basic and Bearer headers as rules: what we write we read back, one spelling only, and nothing makes them throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBasicCredentials, parseBearerToken } from '../../src/lib/authorization-header.js';
import { formatBasicCredentials } from '../support/basic-credentials.js';

/** Texts without control characters, which no client id or secret has. */
const words = fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text));
const ids = words.filter((text) => text !== '');

test('what is written is read back, with %, +, : and any letter (RFC 6749 2.3.1)', () => {
  fc.assert(
    fc.property(ids, words, (id, secret) => {
      expect(parseBasicCredentials(formatBasicCredentials(id, secret))).toEqual({ id, secret });
    }),
  );
  const awkward = 'a:b%c+d e/é%41';
  expect(parseBasicCredentials(formatBasicCredentials(awkward, awkward))).toEqual({ id: awkward, secret: awkward });
});

test('the first colon divides, a later one is the secret’s', () => {
  const header = `Basic ${Buffer.from('id:a:b').toString('base64')}`;
  expect(parseBasicCredentials(header)).toEqual({ id: 'id', secret: 'a:b' });
});

test('no header makes it throw (CVE-2026-9803)', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `Basic ${text}`),
    fc.string({ unit: 'binary' }).map((text) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`),
    fc.string().map((text) => `Bearer ${text}`),
  );
  fc.assert(
    fc.property(anything, (header) => {
      const basic = parseBasicCredentials(header);
      if (basic !== null && basic !== 'malformed') {
        expect(basic.id).not.toBe('');
        expect(basic.id + basic.secret).not.toMatch(/\p{Cc}/u);
      }
      const bearer = parseBearerToken(header);
      if (bearer !== null && bearer !== 'malformed') expect(bearer).toMatch(/^[A-Za-z0-9\-._~+/]+=*$/);
    }),
    { numRuns: 1000 },
  );
});

test('base64 has one spelling: any other that decodes alike is malformed', () => {
  fc.assert(
    fc.property(
      ids,
      words,
      fc.nat(),
      fc.constantFrom('=', ' ', '\n', '\t', '-', '_', '!', '\0', 'A'),
      (id, secret, at, extra) => {
        const encoded = formatBasicCredentials(id, secret).slice(6);
        // Not before it: space there divides it from the scheme.
        const index = 1 + (at % encoded.length);
        const changed = encoded.slice(0, index) + extra + encoded.slice(index);
        const read = parseBasicCredentials(`Basic ${changed}`);
        const isCanonical = Buffer.from(changed, 'base64').toString('base64') === changed;
        if (!isCanonical) expect(read).toBe('malformed');
        else expect(read).not.toEqual({ id, secret });
      },
    ),
  );
});

test('stray bits in the last letter are refused', () => {
  // "a:b" is YTpi; "a:bc" is YTpiYw==, and YTpiYx== decodes alike.
  expect(parseBasicCredentials('Basic YTpiYw==')).toEqual({ id: 'a', secret: 'bc' });
  expect(parseBasicCredentials('Basic YTpiYx==')).toBe('malformed');
});

test('another scheme is no Basic header at all', () => {
  for (const header of ['Bearer YTpi', 'Basically YTpi', 'basics', 'YTpi', '']) {
    expect(parseBasicCredentials(header)).toBeNull();
  }
  for (const header of ['Basic YTpi', 'Bearers a', 'a']) expect(parseBearerToken(header)).toBeNull();
});
