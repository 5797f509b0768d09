// Holds docs/standards.md to the tests: every file that it links to exists, and what it quotes as a test's name is in that file.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'standards.md'), 'utf8');
const lines = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));

test('every file that it links to exists', () => {
  const targets = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(100);
  expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
});

test('it goes through the demands from the first to the last, each once', () => {
  expect(lines.map((line) => Number(line.split('|')[1]))).toEqual(lines.map((_, index) => index + 1));
  expect(lines.length).toBe(111);
});

test.each(lines.map((line) => [Number(line.split('|')[1]), line] as const))(
  'line %i is proved, or says why not',
  (_, line) => {
    const proofs = [...line.matchAll(/\]\(([^)]+)\): `([^`]+)`/g)];
    for (const [, file = '', words = ''] of proofs)
      expect(readFileSync(join(docs, file), 'utf8'), file).toContain(words);
    const reason = line.split('|').at(-2)?.trim() ?? '';
    expect(proofs.length > 0 || reason.length > 10).toBe(true);
  },
);
