// How the benchmark's driver reads HTTP: whole answers only, however they arrive.
import { describe, expect, test } from 'vitest';
import { header, readAnswer } from './typed.js';

const withLength = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}';
const chunked = 'HTTP/1.1 303 See Other\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';

describe("the driver's reading of answers", () => {
  test('an answer with a length is read to its end', () => {
    expect(readAnswer(withLength)).toMatchObject({ status: 200, body: '{"a":1}', length: withLength.length });
  });

  test('chunks are put together', () => {
    expect(readAnswer(chunked)).toMatchObject({ status: 303, body: 'abcde', length: chunked.length });
  });

  test.each([
    ['an answer with a length', withLength],
    ['chunks', chunked],
  ])('%s is waited for until the last byte is there', (_, text) => {
    for (let length = 0; length < text.length; length += 1) expect(readAnswer(text.slice(0, length))).toBeNull();
  });

  test('what comes after an answer is not taken for its body', () => {
    expect(readAnswer(`${withLength}HTTP/1.1`)).toMatchObject({ body: '{"a":1}', length: withLength.length });
  });

  test('an answer that ends nowhere is refused rather than waited for', () => {
    expect(() => readAnswer('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n')).toThrow('without a length');
  });

  test('a header is found whatever its case, and only as a whole name', () => {
    const head = 'HTTP/1.1 303 See Other\r\nX-Location: /other\r\nlocation: https://a.example/?code=1\r\nDate: now';
    expect(header(head, 'location')).toBe('https://a.example/?code=1');
    expect(header(head, 'content-length')).toBeNull();
  });
});
