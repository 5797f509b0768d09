// Holds docs/standards.md to the tests: every file that it links to exists, what it quotes as a test's name is in that file, and
// each section or weakness that a line speaks of is in the names of the tests that prove it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'standards.md'), 'utf8');
const lines = page.split('\n').filter((line) => /^\| \d+ \|/.test(line));

/** The sections and weaknesses that a text names. Of several sections of one standard only the first repeats its name. */
function sections(text: string): string[] {
  const known =
    /(RFC \d+|OAuth 2\.1|ASVS 5\.0|ASVS|Core|Discovery|Form Post|[RB][A-Za-z-]+ Logout) (\d[\d.]*(?:, \d[\d.]*)*)/g;
  const found = [...text.matchAll(known)].flatMap(([, standard = '', numbers = '']) =>
    numbers.split(', ').map((number) => `${standard.replace(' 5.0', '')} ${number.replace(/\.$/, '')}`),
  );
  return [...found, ...(text.match(/CVE-\d+-\d+|GHSA(?:-\w{4}){3}/g) ?? [])];
}

/** The names of tests, of groups and of cases in a table that have these words: all that is written as a text in the file. */
function namesWith(words: string, source: string): string[] {
  const texts = source.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`/g) ?? [];
  return texts.filter((text) => text.includes(words));
}

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
  'line %i is proved by tests whose names carry its sections, or says why not',
  (_, line) => {
    const [, demand = '', proof = ''] = line.split(' | ');
    const proofs = [...proof.matchAll(/\]\(([^)]+)\): `([^`]+)`/g)];
    const names = proofs.flatMap(([, file = '', words = '']) => {
      const found = namesWith(words, readFileSync(join(docs, file), 'utf8'));
      expect(found, `${words} in ${file}`).not.toEqual([]);
      return found;
    });
    const proved = names.flatMap(sections);
    const isProved = (claimed: string) => proved.some((each) => each === claimed || each.startsWith(`${claimed}.`));
    const missing = proofs.length === 0 ? [] : sections(demand).filter((claimed) => !isProved(claimed));
    expect(missing).toEqual([]);
    expect(proofs.length > 0 || proof.length > 10).toBe(true);
  },
);
