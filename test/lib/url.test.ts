// What a URL is does not depend on how often it was asked.
import { expect, test } from 'vitest';
import { isUrl } from '../../src/lib/url.js';

test('a URL is one however often it is asked, also with letters that are not ASCII (Node 20 loses them by URL.canParse)', () => {
  const asked = Array.from({ length: 50_000 }, () => isUrl('https://bücher.example/é'));
  expect(asked.every(Boolean)).toBe(true);
});

test.each(['', 'bücher', '//host', 'https://', 'https://a b'])('%j is none', (text) => {
  expect(isUrl(text)).toBe(false);
});
