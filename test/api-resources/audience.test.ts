// What the audience of an API can be (RFC 8707 section 2), and which spellings of it are the same.
import { describe, expect, test } from 'vitest';
import { faultOfAudience, namesAudience, spellingsOf } from '../../src/api-resources/audience.js';

const issuer = 'https://login.example.com';
const fault = (uri: string) => faultOfAudience(uri, issuer);

test.each([
  'https://api.example.com',
  'https://api.example.com/',
  'https://api.example.com/orders',
  'https://api.example.com/orders/',
  'https://api.example.com:8443/orders?version=2',
  'https://login.example.com.evil.example',
  'https://other.example.com',
  'https://[2001:db8::1]/orders',
  'http://localhost:3000/mcp',
  'http://127.0.0.1:3000',
  'urn:example:orders',
  'com.example.orders:/v1',
  'com.example.orders://v1',
])('%s can be one', (uri) => {
  expect(fault(uri)).toBeNull();
});

describe('cannot be one:', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /whole URI/],
    ['a word', 'orders', /whole URI/],
    ['a path', '/orders', /whole URI/],
    ['a host without a scheme', 'api.example.com', /whole URI/],
    ['one with a space', 'https://api.example.com/a b', /whole URI/],
    ['one with a line break', 'https://api.example.com/\n', /whole URI/],
    ['one with a NUL', 'https://api.example.com/\0', /whole URI/],
    ['one that is not ASCII', 'https://äpi.example.com', /whole URI/],
    ['one with quotes', 'urn:example:"orders"', /whole URI/],
    ['one with a fragment (RFC 8707 2)', 'https://api.example.com/#orders', /fragment/],
    ['one with an empty fragment', 'https://api.example.com/#', /fragment/],
    ['an overlong one', `https://api.example.com/${'a'.repeat(480)}`, /500 characters/],
    ['http on another computer', 'http://api.example.com', /must use https/],
    ['javascript', 'javascript:alert(1)', /must use https/],
    ['data', 'data:text/plain,orders', /must use https/],
    ['file', 'file:///etc/passwd', /must use https/],
    ['mailto', 'mailto:orders@example.com', /must use https/],
    ['a private scheme without a dot', 'orders:/v1', /must use https/],
    ['a URN without a name', 'urn:example:', /must use https/],
    ['a URN without a namespace', 'urn::orders', /must use https/],
    ['one with a user name', 'https://good.example@evil.example', /user name/],
    ['upper case in the host', 'https://API.example.com/orders', /https:\/\/api\.example\.com\/orders$/],
    ['upper case in the scheme', 'HTTPS://api.example.com/orders', /normal form/],
    ['dots in the path', 'https://api.example.com/a/../orders', /https:\/\/api\.example\.com\/orders$/],
    ['the port that https has anyway', 'https://api.example.com:443/orders', /normal form/],
    ['a query without a path', 'https://api.example.com?a', /normal form/],
    ['the issuer', issuer, /Latchkey itself/],
    ['the issuer with a slash', `${issuer}/`, /Latchkey itself/],
    ['the GraphQL API', `${issuer}/graphql`, /Latchkey itself/],
  ])('%s', (_, uri, message) => {
    expect(fault(uri)).toMatch(message);
  });
});

test('an origin is the same with and without the slash, and nothing else is the same as anything else', () => {
  expect(spellingsOf('https://a.example')).toEqual(spellingsOf('https://a.example/'));
  expect(namesAudience('https://a.example/', 'https://a.example')).toBe(true);
  expect(namesAudience('https://a.example', 'https://a.example/')).toBe(true);
  for (const [sent, audience] of [
    ['https://a.example/b/', 'https://a.example/b'],
    ['https://a.example/b', 'https://a.example/b/'],
    ['https://a.example//', 'https://a.example'],
    ['https://a.example?', 'https://a.example'],
    ['https://A.example', 'https://a.example'],
    ['https://a.example:443', 'https://a.example'],
    ['urn:a:b/', 'urn:a:b'],
    ['com.example.a://b/', 'com.example.a://b'],
  ] as const) {
    expect([sent, namesAudience(sent, audience)]).toEqual([sent, false]);
  }
});
