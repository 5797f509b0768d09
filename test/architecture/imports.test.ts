// Holds the code to the layers of the design: imports point one way, nothing re-exports, the rules know no transport,
// and every file stays small and says what it owns. It reads source text only and runs nothing of ours.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** From left to right. A unit may import itself and every unit of an earlier group; units of one group are strangers. */
const layers = [
  ['lib'],
  ['config'],
  ['db'],
  ['deps'],
  ['audit'],
  ['idempotency'],
  ['keys'],
  ['mail'],
  ['consents'],
  ['sessions'],
  ['api-tokens'],
  ['api-resources'],
  ['clients'],
  ['members'],
  ['accounts'],
  ['http', 'pages', 'graphql'],
  ["the features' schema.ts"],
  ['oauth'],
  ['interaction', 'api'],
  ['listening', 'secrets'],
  ['bootstrap', 'app', 'log', 'maintenance', 'operator-message', 'stopping', 'tls'],
  ['seeding', 'welcome'],
  ['compose', 'conformance'],
  ['workers'],
  ['serve'],
  ['main'],
  ['demo', 'cli'],
];
const features = [
  'audit',
  'idempotency',
  'keys',
  'mail',
  'consents',
  'sessions',
  'api-tokens',
  'api-resources',
  'clients',
  'members',
  'accounts',
];
const schemas = "the features' schema.ts";
const longestFile = 300;

/** What only transports may use: rules that know HTTP or GraphQL cannot be called from anywhere else. */
const transportPackages = /^(hono|graphql|graphql-yoga|graphql-scalars|@hono\/.+|@pothos\/.+|@graphql-yoga\/.+)(\/|$)/;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly target: string;
  readonly typeOnly: boolean;
  readonly reExports: boolean;
}

const fromClause = /^[ \t]*(import|export)[ \t]+(type\s)?[\w$*\s{},]*?\bfrom\s*['"]([^'"\n]+)['"]/gm;
const bareImport = /^[ \t]*import\s*['"]([^'"\n]+)['"]/gm;
const importCall = /\bimport\(\s*['"]([^'"\n]+)['"]/g;

/** All imports and re-exports of a file, type-only ones too, with the target as written. */
function importsOf(file: string, text: string): Import[] {
  // Blanked rather than cut out, which keeps the line numbers. Only whole-line comments: anything finer would have to
  // know strings and regular expressions apart.
  const code = text.replace(/^[ \t]*(\/\/|\/?\*).*$/gm, '');
  const lineAt = (index: number) => code.slice(0, index).split('\n').length;
  const found: Import[] = [];
  for (const match of code.matchAll(fromClause)) {
    const [, keyword, type, target = ''] = match;
    found.push({
      file,
      line: lineAt(match.index),
      target,
      typeOnly: type !== undefined,
      reExports: keyword === 'export',
    });
  }
  for (const pattern of [bareImport, importCall]) {
    for (const match of code.matchAll(pattern)) {
      found.push({ file, line: lineAt(match.index), target: match[1] ?? '', typeOnly: false, reExports: false });
    }
  }
  return found.sort((one, other) => one.line - other.line);
}

/** The unit of the design that a path below src belongs to: its folder or file name, or the schema files as a whole. */
function unitOf(path: string): string {
  const [, first = '', second] = path.split('/');
  if (second && features.includes(first) && /^schema(-[a-z]+)?\.tsx?$/.test(second.replace(/\.js$/, '.ts'))) {
    return schemas;
  }
  return second === undefined ? first.replace(/\.(tsx?|js)$/, '') : first;
}

/** Why a unit may not import another one, or nothing when it may. */
function objection(from: string, to: string): string | undefined {
  const rank = (unit: string) => layers.findIndex((group) => group.includes(unit));
  for (const unit of [from, to]) {
    if (rank(unit) < 0) {
      return `"${unit}" has no place in the layers; give it one in test/architecture/imports.test.ts`;
    }
  }
  if (from === to) {
    return undefined;
  }
  if (from === schemas && to === 'pages') {
    return "the features' schema.ts may import services, graphql and http, but no pages";
  }
  if (rank(to) < rank(from)) {
    return undefined;
  }
  const allowed = layers.slice(0, rank(from)).flat();
  return `"${from}" may import only ${allowed.length > 0 ? allowed.join(', ') : 'packages'}`;
}

function isOurs(target: string): boolean {
  return target.startsWith('.');
}

function resolve(one: Import): string {
  return normalize(join(dirname(one.file), one.target)).replaceAll('\\', '/');
}

const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(root.length + 1)
      .replaceAll('\\', '/'),
  )
  .filter((file) => !file.includes('/generated/'))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const imports = [...texts].flatMap(([file, text]) => importsOf(file, text));
const isRule = (file: string) => {
  const unit = unitOf(file);
  return features.includes(unit) || ['lib', 'config', 'db', 'deps'].includes(unit);
};

describe('the layers of src', () => {
  test('there is something to look at', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(existsSync(join(root, 'src/lib'))).toBe(true);
  });

  test('imports point one way', () => {
    const faults = imports
      .filter((one) => isOurs(one.target))
      .map((one) => {
        const target = resolve(one);
        const reason = target.startsWith('src/')
          ? objection(unitOf(one.file), unitOf(target))
          : 'src imports nothing of ours from outside src';
        return reason ? `${one.file}:${one.line} imports ${target}: ${reason}` : '';
      })
      .filter(Boolean);
    expect(faults).toEqual([]);
  });

  test('rules use neither GraphQL nor Hono', () => {
    const faults = imports
      .filter((one) => isRule(one.file) && !isOurs(one.target) && transportPackages.test(one.target))
      .map((one) => `${one.file}:${one.line} imports ${one.target}: services and what is below them know no transport`);
    expect(faults).toEqual([]);
  });

  test('deps.ts holds types only', () => {
    const faults = imports
      .filter((one) => unitOf(one.file) === 'deps' && !one.typeOnly)
      .map((one) => `${one.file}:${one.line} imports ${one.target} at run time: write "import type"`);
    expect(faults).toEqual([]);
  });

  test('nothing is a barrel', () => {
    const faults = imports
      .filter((one) => one.reExports && /(^|\/)index\.tsx?$/.test(one.file))
      .map((one) => `${one.file}:${one.line} re-exports ${one.target}: import from the file that defines it`);
    for (const [file, text] of texts) {
      const line = text.split('\n').findIndex((content) => /^\s*export\s+(type\s+)?\*/.test(content));
      if (line >= 0) {
        faults.push(`${file}:${line + 1} re-exports everything of another file: import from the file that defines it`);
      }
    }
    expect(faults).toEqual([]);
  });

  test('every file begins with a comment that says what it owns', () => {
    const faults = [...texts]
      .filter(([, text]) => !/^(#!.*\n)?(\/\/.*\w{3}|\/\*[\s*]*\w{3})/.test(text))
      .map(([file]) => `${file}:1 begins without a comment that says what the file owns`);
    expect(faults).toEqual([]);
  });

  test(`no file is longer than ${longestFile} lines`, () => {
    const faults = [...texts]
      .map(([file, text]) => ({ file, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > longestFile)
      .map(({ file, lines }) => `${file}:${longestFile + 1} goes on to line ${lines}: split it by what it owns`);
    expect(faults).toEqual([]);
  });
});

describe('the reading of imports', () => {
  test('finds every form, with its line', () => {
    const text = [
      '// first comment',
      "import { a, type B } from '../lib/a.js';",
      "import type { C } from './c.js';",
      'import {',
      '  d as e,',
      "} from './d.js';",
      "import './effects.js';",
      "export { f } from './f.js';",
      "export * from './g.js';",
      "const h = await import('./h.js');",
      "type I = import('./i.js').I;",
      "import * as j from 'node:fs';",
    ].join('\n');
    expect(importsOf('src/x.ts', text).map(({ line, target }) => `${line} ${target}`)).toEqual([
      '2 ../lib/a.js',
      '3 ./c.js',
      '4 ./d.js',
      '7 ./effects.js',
      '8 ./f.js',
      '9 ./g.js',
      '10 ./h.js',
      '11 ./i.js',
      '12 node:fs',
    ]);
  });

  test('leaves comments and ordinary code alone', () => {
    const text = [
      "// import { a } from './a.js';",
      " * import { b } from './b.js';",
      "export const c = list.map((from) => from['d']);",
      "export function e() { return f('g'); }",
    ].join('\n');
    expect(importsOf('src/x.ts', text)).toEqual([]);
  });

  test.each([
    ['src/lib/ids.ts', 'lib'],
    ['src/config.ts', 'config'],
    ['src/clients/service.js', 'clients'],
    ['src/clients/schema.js', schemas],
    ['src/api/schema.ts', 'api'],
    ['src/oauth/token/issue.ts', 'oauth'],
  ])('%s belongs to %s', (path, unit) => {
    expect(unitOf(path)).toBe(unit);
  });

  test.each([
    ['clients', 'consents', true],
    ['consents', 'clients', false],
    ['lib', 'config', false],
    ['deps', 'db', true],
    ['db', 'deps', false],
    ['accounts', 'graphql', false],
    [schemas, 'graphql', true],
    [schemas, 'http', true],
    [schemas, 'pages', false],
    ['members', schemas, false],
    ['interaction', 'oauth', true],
    ['interaction', 'api', false],
    ['app', 'compose', false],
    ['cli', 'compose', true],
    ['unheard-of', 'lib', false],
  ])('whether %s may import %s: %s', (from, to, allowed) => {
    expect(objection(from, to) === undefined).toBe(allowed);
  });
});
