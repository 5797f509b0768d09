// That a change of the GraphQL schema which breaks clients is noticed, and passes only when it was announced.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
// @ts-expect-error plain JavaScript, without declarations
import { changesBetween as compare, schemasOf as schemas } from '../../scripts/schema-changes.mjs';

const changesBetween = compare as (
  before: string,
  after: string,
  today: string,
) => Record<'unannounced' | 'announced' | 'dangerous' | 'added' | 'deprecated', string[]>;
const schemasOf = schemas as (folder: string, commit?: string) => { before: string | null; after: string };

const old = (directive = '') => `type Query { a: String ${directive} b: Int! } enum Color { RED GREEN ${directive} }`;
const deprecated = '@deprecated(reason: "Use b. Removed after 2026-06-30.")';

describe('schema:changes', () => {
  test('adding breaks nothing', () => {
    const after = 'type Query { a: String b: Int! c(x: Int): String } enum Color { RED GREEN BLUE }';
    const changes = changesBetween(old(), after, '2026-07-01');
    expect(changes).toMatchObject({ unannounced: [], announced: [] });
    expect(changes.dangerous).toEqual([expect.stringContaining('BLUE')]);
  });

  test.each([
    ['a field that is gone', 'type Query { b: Int! } enum Color { RED GREEN }', /Query\.a/],
    ['a field that may be null now', 'type Query { a: String b: Int } enum Color { RED GREEN }', /Query\.b/],
    ['an enum value that is gone', 'type Query { a: String b: Int! } enum Color { RED }', /GREEN/],
    ['a type that is gone', 'type Query { a: String b: Int! }', /Color/],
  ])('%s is named', (_name, after, expected) => {
    expect(changesBetween(old(), after, '2026-07-01').unannounced).toEqual([expect.stringMatching(expected)]);
  });

  test('what was deprecated may go after its day, and not before', () => {
    const after = 'type Query { b: Int! } enum Color { RED }';
    expect(changesBetween(old(deprecated), after, '2026-07-01')).toMatchObject({
      unannounced: [],
      announced: [expect.any(String), expect.any(String)],
    });
    expect(changesBetween(old(deprecated), after, '2026-06-30').unannounced).toHaveLength(2);
  });

  test('a deprecation without a day announces nothing', () => {
    const before = old('@deprecated(reason: "Use b.")');
    expect(
      changesBetween(before, 'type Query { b: Int! } enum Color { RED GREEN }', '2030-01-01').unannounced,
    ).toHaveLength(1);
  });

  test('a field goes with the types that only it led to, and no others', () => {
    const leads = (mark: string) => `type Query { b: Int! other: Kept gone(input: GoneInput): Gone ${mark} }
      type Kept { x: Int } type Gone { kept: Kept color: Color } enum Color { RED } input GoneInput { x: Int }`;
    const after = 'type Query { b: Int! other: Kept } type Kept { x: Int }';
    expect(changesBetween(leads(deprecated), after, '2026-07-01')).toMatchObject({
      unannounced: [],
      announced: expect.arrayContaining([expect.stringMatching(/^Gone /), expect.stringMatching(/^GoneInput /)]),
    });
    expect(changesBetween(leads(''), after, '2026-07-01').unannounced).toHaveLength(4);
    const tooMuch = 'type Query { b: Int! other: Int }';
    expect(changesBetween(leads(deprecated), tooMuch, '2026-07-01').unannounced).toEqual([
      expect.stringMatching(/^Kept /),
      expect.stringMatching(/^Query\.other /),
    ]);
  });

  test('an argument and an input field are announced on their own', () => {
    const before = `type Query { a(x: Int ${deprecated}, y: Int): Int b(input: I): Int } input I { x: Int ${deprecated} y: Int }`;
    const after = 'type Query { a(y: Int): Int b(input: I): Int } input I { y: Int }';
    expect(changesBetween(before, after, '2026-07-01')).toMatchObject({ unannounced: [], announced: { length: 2 } });
    const none = 'type Query { a: Int b(input: I): Int } input I { y: Int }';
    expect(changesBetween(before, none, '2026-07-01').unannounced).toEqual([expect.stringContaining('arg y')]);
  });

  test('another default of an input field may surprise, and none where one must be given breaks', () => {
    const schema = (field: string) => `type Query { a(input: I): Int } input I { ${field} }`;
    const changes = (after: string) => changesBetween(schema('n: Int! = 1'), schema(after), '2026-07-01');
    expect(changes('n: Int! = 2')).toMatchObject({ unannounced: [], dangerous: [expect.stringContaining('I.n')] });
    expect(changes('n: Int!')).toMatchObject({ unannounced: [expect.stringContaining('I.n')], dangerous: [] });
  });

  test('says what is new and what is newly deprecated', () => {
    const after = `type Query { a(x: Int): String ${deprecated} b: Int! n: New } type New { x: Int } enum Color { RED GREEN }`;
    expect(changesBetween(old(), after, '2026-01-01')).toMatchObject({
      added: ['Query.a(x:)', 'Query.n', 'New'],
      deprecated: ['Query.a: Use b. Removed after 2026-06-30.'],
    });
  });

  test('the same schema has not changed', () => {
    const nothing = { unannounced: [], announced: [], dangerous: [], added: [], deprecated: [] };
    expect(changesBetween(old(), old(), '2026-07-01')).toEqual(nothing);
    expect(changesBetween(old(deprecated), old(deprecated), '2026-07-01')).toEqual(nothing);
  });
});

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)('what schema:changes compares with', () => {
  /** A folder with a schema, which is a clone once something is committed. */
  function folder() {
    const path = mkdtempSync(join(tmpdir(), 'latchkey-schema-changes-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    // Not the repository that a hook, or whoever runs the tests, may have named.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: path, env, stdio: 'pipe' });
    const write = (text: string) => writeFileSync(join(path, 'schema.graphql'), text);
    const commit = (text: string) => {
      write(text);
      git('add', 'schema.graphql');
      const settings = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgSign=false'];
      git(...settings.flatMap((setting) => ['-c', setting]), 'commit', '--quiet', '--message=schema');
    };
    return { path, git, write, commit };
  }

  test('the last commit, for what is not committed', () => {
    const { path, git, write, commit } = folder();
    git('init', '--quiet');
    commit('one');
    commit('two');
    write('three');
    expect(schemasOf(path)).toEqual({ before: 'two', after: 'three' });
    expect(schemasOf(path, 'HEAD~1')).toEqual({ before: 'one', after: 'three' });
  });

  test('the one before, when all is committed', () => {
    const { path, git, commit } = folder();
    git('init', '--quiet');
    commit('one');
    expect(schemasOf(path)).toEqual({ before: null, after: 'one' });
    commit('two');
    expect(schemasOf(path)).toEqual({ before: 'one', after: 'two' });
  });

  test('nothing, without a clone or a commit', () => {
    const { path, git, write } = folder();
    write('one');
    expect(schemasOf(path)).toEqual({ before: null, after: 'one' });
    git('init', '--quiet');
    expect(schemasOf(path)).toEqual({ before: null, after: 'one' });
  });
});
