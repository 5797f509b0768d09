// Origins that may call us from a browser: the very text that a browser sends, of https or of what an operator allowed.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultOfOrigin } from '../../src/lib/redirect-uri.js';

const strict = { allowedSchemes: [], accountId: 'acc_1' };
const lenient = { allowedSchemes: ['loopback', 'localhost', 'com.example.app'], accountId: 'acc_1' };

test.each([
  'https://app.example.com',
  'https://app.example.com:8443',
  'https://xn--bcher-kva.example',
  'https://192.0.2.1',
  'https://[2001:db8::1]:8443',
])('%s can be registered by everybody', (origin) => {
  expect(faultOfOrigin(origin, strict)).toBeNull();
});

test.each(['http://127.0.0.1', 'http://127.0.0.1:3000', 'http://[::1]:3000', 'http://localhost:3000'])(
  '%s can be registered where an operator allowed it',
  (origin) => {
    const what = origin.includes('localhost') ? 'localhost' : 'loopback';
    expect(faultOfOrigin(origin, lenient)).toBeNull();
    const fault = faultOfOrigin(origin, strict);
    expect(fault).toMatch(/^An origin must use https\./);
    expect(fault).toContain(`npm run cli -- accounts allow-redirects acc_1 ${what}`);
    expect(faultOfOrigin(origin, { ...lenient, allowedSchemes: ['com.example.app'] })).not.toBeNull();
  },
);

test.each([
  ['https://app.example.com/', 'https://app.example.com'],
  ['https://app.example.com/path', 'https://app.example.com'],
  ['https://app.example.com?query', 'https://app.example.com'],
  ['https://app.example.com#', 'https://app.example.com'],
  ['https://app.example.com:443', 'https://app.example.com'],
  ['https://APP.example.com', 'https://app.example.com'],
  ['HTTPS://app.example.com', 'https://app.example.com'],
  ['https://me:secret@app.example.com', 'https://app.example.com'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  [' https://app.example.com', 'https://app.example.com'],
  ['https://app.example.com\n', 'https://app.example.com'],
  ['https:app.example.com', 'https://app.example.com'],
  ['https://127.1', 'https://127.0.0.1'],
])('%j is not what a browser sends, and the message says what is', (text, meant) => {
  expect(faultOfOrigin(text, strict)).toContain(`Is ${meant} meant?`);
});

test.each([
  '',
  'null',
  '*',
  'https://',
  'https://*',
  'https://*.example.com',
  'app.example.com',
  '//app.example.com',
  'http://app.example.com',
  'http://localhost.example.com',
  'http://127.0.0.1.example.com',
  'com.example.app://host',
  'com.example.app:',
  'file://',
  'blob:https://app.example.com',
  'data:text/html,x',
  'javascript:alert(1)',
  'wss://app.example.com',
  'https://a;b.example.com',
  'https://app.example.com\u0000',
  `https://${'a'.repeat(2050)}.example.com`,
])('%.60j can be registered by nobody', (text) => {
  for (const rules of [strict, lenient]) expect(faultOfOrigin(text, rules)).toEqual(expect.any(String));
});

const pieces = fc.constantFrom(
  ...['https://', 'http://', 'HTTPS://', '//', '/', '\\', ':', '@', '#', '?', '*', '.', ';', ' ', '\t', '\n', '\0'],
  ...['app.example.com', 'localhost', '127.0.0.1', '[::1]', 'null', ':443', ':80', ':3000', 'é', '😀', 'a', '%2e'],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 3 }).map((parts) => `https://app.example.com${parts.join('')}`),
  fc.webUrl(),
  fc.string(),
);

describe('whatever is accepted', () => {
  test.each([
    ['strict', strict, ['https:']],
    ['lenient', lenient, ['https:', 'http:']],
  ] as const)('is exactly the origin of its pages, under %s rules', (_name, rules, protocols) => {
    let accepted = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (faultOfOrigin(text, rules) !== null) return;
        accepted += 1;
        const url = new URL(text);
        expect(url.origin).toBe(text);
        expect(protocols).toContain(url.protocol);
        // They are kept with spaces between, and compared with a header.
        expect(text).toMatch(/^https?:\/\/[a-z0-9._:[\]-]+$/);
        if (url.protocol === 'http:') expect(['127.0.0.1', '[::1]', 'localhost']).toContain(url.hostname);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(30);
  });
});
