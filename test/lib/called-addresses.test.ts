// Addresses that we shall call ourselves, as rules: https, or http at a host and port that an operator let us call. Whether the
// address is a private one is asked when it is called.
import { describe, expect, test } from 'vitest';
import { faultsOfCalledAddress } from '../../src/lib/text-rules.js';

const allowed = ['10.0.0.7:8080', 'jwks.internal:80', '[fd00::1]:8080', 'secure.internal:443'];
const path = ['jwksUri'];
const faults = (address: string) => faultsOfCalledAddress(address, path, allowed);

test.each([
  'https://app.example.com/jwks',
  'https://App.example.com:8443/a?b=c&d=%20',
  'https://10.0.0.7/',
  'http://10.0.0.7:8080/jwks?a=b',
  'http://jwks.internal/',
  'http://jwks.internal:80/',
  'http://[fd00::1]:8080/',
])('%s is fine', (address) => {
  expect(faults(address)).toEqual([]);
});

describe('http', () => {
  test.each([
    'http://10.0.0.7/jwks',
    'http://10.0.0.7:8081/jwks',
    'http://10.0.0.8:8080/jwks',
    'http://jwks.internal:8080/',
    'http://jwks.internal.example.com/',
    'http://jwks.internal@example.com/',
    'http://example.com/jwks.internal:80',
    'http://example.com?jwks.internal:80',
    'http://secure.internal/',
    'HTTP://10.0.0.7:8080/jwks',
    'http:10.0.0.7:8080/',
  ])('%s is not, since no operator allowed that host and port', (address) => {
    expect(faults(address)).toMatchObject([{ code: 'INVALID', path }]);
  });

  test('is fine nowhere unless something was allowed', () => {
    const message = expect.stringContaining('the operator has named in LATCHKEY_OUTBOUND_ALLOW');
    expect(faultsOfCalledAddress('http://10.0.0.7:8080/', path, [])).toMatchObject([
      { code: 'INVALID', message, path },
    ]);
    expect(faultsOfCalledAddress('https://10.0.0.7:8080/', path, [])).toEqual([]);
  });

  test('at an allowed place must be of the right form all the same', () => {
    for (const address of [
      'http://me@10.0.0.7:8080/',
      'http://me:secret@10.0.0.7:8080/',
      'http://10.0.0.7:8080/a b',
      'http://10.0.0.7:8080/é',
      'http://10.0.0.7:8080/#part',
      'http://10.0.0.7:8080/\u0000',
    ]) {
      expect(faults(address)).toMatchObject([{ code: 'INVALID', path }]);
    }
    expect(faults(`http://10.0.0.7:8080/${'x'.repeat(2048)}`)).toMatchObject([{ code: 'TOO_LONG', path }]);
  });
});

test.each([
  ['', /https address/],
  ['/jwks', /https address/],
  ['app.example.com', /https address/],
  ['ftp://app.example.com/', /https address/],
  ['file:///etc/passwd', /https address/],
  ['data:application/json,{}', /https address/],
  ['javascript:alert(1)', /https address/],
  ['https://', /https address/],
  ['https://app.example.com/\n', /https address/],
  ['https://app.example.com/#', /fragment/],
  ['https://app.example.com/a#b', /fragment/],
  ['https://me:secret@app.example.com/', /user name or password/],
])('%j is refused with a word of why', (address, message) => {
  expect(faults(address)).toEqual([{ code: 'INVALID', path, message: expect.stringMatching(message) }]);
});

test('a fault repeats nothing of the address, which may hold a password', () => {
  for (const address of [
    'https://me:s3cret@app.example.com/',
    'http://me:s3cret@10.0.0.7:8080/',
    'ftp://me:s3cret@a/',
  ]) {
    expect(JSON.stringify(faults(address))).not.toContain('s3cret');
  }
});
