// What a URL is does not depend on how often it was asked.
import { expect, test } from 'vitest';
import { parseUrl } from '../../src/lib/url.js';

test('a URL is one however often it is asked, also with letters that are not ASCII (Node 20 loses them by URL.canParse)', () => {
  const asked = Array.from({ length: 50_000 }, () => parseUrl('https://bücher.example/é')?.href);
  expect(new Set(asked)).toEqual(new Set(['https://xn--bcher-kva.example/%C3%A9']));
});

test.each(['', 'bücher', '//host', 'https://', 'https://a b'])('%j is none', (text) => {
  expect(parseUrl(text)).toBeNull();
});
