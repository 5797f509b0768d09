// Redirect URIs as rules: nothing forbidden is ever accepted, and whatever is accepted matches itself alone, byte for byte.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  faultOfRedirectScheme,
  faultOfRedirectUri,
  matchesRedirectUri,
  type RedirectUriRules,
  redirectHost,
  withResponse,
} from '../../src/lib/redirect-uri.js';

const strict: RedirectUriRules = { clientType: 'CONFIDENTIAL', allowedSchemes: [], accountId: 'acc_1' };
const lenient: RedirectUriRules = {
  clientType: 'NATIVE',
  allowedSchemes: ['loopback', 'localhost', 'com.example.app'],
  accountId: 'acc_1',
};

const pieces = [
  ...['https://', 'http://', 'HTTPS://', 'com.example.app:/', 'com.example.app://', 'javascript:', 'data:', 'file://'],
  ...['//', '/', '\\', ':', '@', '#', '?', '&', '=', ';', '*', '%', '%2e', '%2F', '%00', '%0a', '..', '/..;/', '.'],
  ...[
    'app.example.com',
    'evil.example',
    'localhost',
    '127.0.0.1',
    '[::1]',
    '127.1',
    '0x7f000001',
    'user',
    ':443',
    ':80',
  ],
  ...[
    'callback',
    'a=b',
    'code=1',
    'state',
    'iss=x',
    'error=',
    '%63ode=1',
    ' ',
    '\t',
    '\n',
    '\0',
    '\r',
    'é',
    '。',
    '😀',
    '',
  ],
];

/** Texts that look like URIs, most of them bad. */
const uriLike = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => `https://app.example.com/${parts.join('')}`),
  fc.string(),
);

describe('what is accepted', () => {
  test.each([
    ['strict', strict, ['https:']],
    ['lenient', lenient, ['https:', 'http:', 'com.example.app:']],
  ] as const)('is never forbidden, under %s rules (RFC 9700 2.1, OAuth 2.1 2.3)', (_, rules, protocols) => {
    let accepted = 0;
    fc.assert(
      fc.property(uriLike, (uri) => {
        if (faultOfRedirectUri(uri, rules) !== null) return;
        accepted += 1;
        const url = new URL(uri);
        expect(protocols).toContain(url.protocol);
        expect(uri).toMatch(/^[\x21-\x7E]+$/);
        expect([uri, `${uri}/`]).toContain(url.href);
        expect(uri).not.toMatch(/[#*]|^https?:[^?]*\\/);
        expect([url.username, url.password]).toEqual(['', '']);
        expect(uri.replace(/[?].*$/s, '')).not.toMatch(/^[a-z+.-]+:\/\/[^/]*@/);
        for (const name of ['code', 'state', 'iss', 'error', 'response'])
          expect(url.searchParams.has(name)).toBe(false);
        if (url.protocol === 'http:') expect(['127.0.0.1', '[::1]', 'localhost']).toContain(url.hostname);
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(30);
  });

  test('matches itself and nothing else, byte for byte', () => {
    fc.assert(
      fc.property(uriLike, uriLike, fc.nat(), fc.constantFrom(...pieces), (uri, other, at, piece) => {
        const index = at % (uri.length + 1);
        const inserted = uri.slice(0, index) + piece + uri.slice(index);
        const deleted = uri.slice(0, index) + uri.slice(index + 1);
        const cases = [
          other,
          inserted,
          deleted,
          uri.toUpperCase(),
          uri.toLowerCase(),
          `${uri}/`,
          ` ${uri}`,
          `${uri}\n`,
        ];
        expect(matchesRedirectUri(uri, uri, false)).toBe(true);
        for (const changed of cases) expect(matchesRedirectUri(changed, uri, false)).toBe(changed === uri);
      }),
      { numRuns: 2000 },
    );
  });

  test('at a loopback address of a native client matches itself with another port, and nothing else', () => {
    const path = fc.array(fc.constantFrom('/', 'callback', '?a=b', '%2e', '..', ';x', ''), { maxLength: 4 });
    const host = fc.constantFrom('127.0.0.1', '[::1]');
    const port = fc.option(fc.integer({ min: 1, max: 65535 }), { nil: null });
    const build = (name: string, number: number | null, rest: string) =>
      `http://${name}${number === null ? '' : `:${number}`}/${rest}`;
    fc.assert(
      fc.property(host, host, port, port, path, path, (left, right, first, second, here, there) => {
        const registered = build(left, first, here.join(''));
        const requested = build(right, second, there.join(''));
        const same = left === right && here.join('') === there.join('');
        expect(matchesRedirectUri(requested, registered, true)).toBe(same);
        expect(matchesRedirectUri(requested, registered, false)).toBe(registered === requested);
      }),
    );
    fc.assert(
      fc.property(uriLike, (uri) => {
        if (matchesRedirectUri(uri, 'http://127.0.0.1/callback', true)) {
          expect(uri).toMatch(/^http:\/\/127\.0\.0\.1(:\d{1,5})?\/callback$/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  'https://app.example.com',
  'https://app.example.com/',
  'https://app.example.com/callback?tenant=a&x=%20',
  'https://xn--bcher-kva.example/callback',
  'https://192.0.2.1:8443/callback',
  'https://app.example.com/a;b/c',
])('%s can be registered by everybody', (uri) => {
  expect(faultOfRedirectUri(uri, strict)).toBeNull();
});

test.each([
  '',
  'callback',
  '/callback',
  '//app.example.com/callback',
  'https://app.example.com/callback#',
  'https://app.example.com/callback#a',
  'https://*.example.com/callback',
  'https://app.example.com/*',
  'https://user@app.example.com/',
  'https://:@app.example.com/',
  'https://@app.example.com/',
  'https://app.example.com:443/',
  'https://APP.example.com/',
  'https://app.example.com/a/../b',
  'https://app.example.com/%2e%2e/b',
  'https://app.example.com\\@evil.example/',
  'https://bücher.example/',
  'https://app.example.com/callback?code=1',
  'https://app.example.com/callback?a=b&state=',
  'https://app.example.com/callback?%69ss=x',
  'https://app.example.com/callback?error=x',
  'https://app.example.com/callback?response=x',
  'http://app.example.com/callback',
  'http://127.0.0.1.evil.example/',
  'http://localhost.evil.example/',
  'http://127.0.0.1/callback',
  'http://localhost/callback',
  'com.example.app:/callback',
  'myapp:/callback',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'blob:https://app.example.com/x',
  'vbscript:x',
  'ftp://app.example.com/',
  `https://app.example.com/${'a'.repeat(2048)}`,
])(
  '%.60j cannot be registered without an operator (OAuth 2.1 2.3, RFC 9700 2.6, OAuth 2.1 1.5, GHSA-86j7-9j95-vpqj)',
  (uri) => {
    expect(faultOfRedirectUri(uri, strict)).toEqual(expect.any(String));
  },
);

test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///x', 'blob:https://a.example/x', 'myapp:/callback'])(
  '%s cannot be registered whatever an operator allowed (OAuth 2.1 2.3.1)',
  (uri) => {
    const scheme = uri.slice(0, uri.indexOf(':'));
    const rules = { ...lenient, allowedSchemes: [...lenient.allowedSchemes, scheme] };
    expect(faultOfRedirectUri(uri, rules)).toEqual(expect.any(String));
    expect(faultOfRedirectScheme(scheme)).toEqual(expect.any(String));
  },
);

test.each(['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'response'])(
  'a redirect URI with a query of its own named %s cannot be registered (CVE-2026-9689, CVE-2026-18209)',
  (name) => {
    const encoded = [...name].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
    for (const query of [`${name}=x`, name, `${name}=`, `a=b&${name}=x`, `${encoded}=x`, `a&${encoded}`]) {
      expect(faultOfRedirectUri(`https://app.example.com/callback?${query}`, strict), query).toContain(name);
      expect(faultOfRedirectUri(`com.example.app:/callback?${query}`, lenient), query).toContain(name);
      expect(faultOfRedirectUri(`https://app.example.com/callback#${query}`, strict), query).toContain('fragment');
    }
    expect(faultOfRedirectUri(`https://app.example.com/${name}?a=${name}`, strict)).toBeNull();
  },
);

test('the message for another scheme names the command that allows it', () => {
  const command = (what: string) => `npm run cli -- accounts allow-redirects acc_1 ${what}`;
  expect(faultOfRedirectUri('http://127.0.0.1/', strict)).toContain(command('loopback'));
  expect(faultOfRedirectUri('http://localhost:3000/', strict)).toContain(command('localhost'));
  expect(faultOfRedirectUri('com.example.app:/cb', strict)).toContain(command('com.example.app'));
});

test('a response keeps the query, and is read back as it was written', () => {
  const bases = [
    'https://app.example.com/cb',
    'https://app.example.com/cb?a=b',
    'https://app.example.com/cb?',
    'com.example.app:/cb',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...bases), fc.string({ unit: 'grapheme' }), fc.string(), (base, state, code) => {
      const answered = withResponse(base, { code, state, iss: 'https://id.example.com' });
      expect(answered.startsWith(base)).toBe(true);
      expect(answered).toMatch(/^[\x21-\x7E]+$/);
      const read = new URLSearchParams(answered.slice(answered.indexOf('?') + 1));
      expect([read.get('code'), read.get('state')]).toEqual([code, state]);
    }),
  );
});

test('people are told the host, or the scheme of an app', () => {
  expect(redirectHost('https://app.example.com:8443/cb?x=y')).toBe('app.example.com:8443');
  expect(redirectHost('com.example.app:/cb')).toBe('com.example.app://');
});
