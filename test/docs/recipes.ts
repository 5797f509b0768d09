// Reads the documents of a page of ours with their variables and answers, and holds real answers against those shown. In strings,
// "…" makes a name: it stands for what an answer first had in its place, on the whole page.
import { expect } from 'vitest';

/** One run of a document. */
export interface Recipe {
  /** Where the document, or the variables of a further run, begin on the page. */
  readonly line: number;
  readonly document: string;
  variables: Record<string, unknown>;
  /** The answer that the page shows, if it does. */
  shown?: Shown;
}

interface Shown {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: unknown;
}

interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ index, 1: language = '', 2: text = '' }) => ({
    line: markdown.slice(0, index).split('\n').length,
    language,
    text,
  }));
}

/**
 * The runs of a page: each document once for each block of variables below it, once if there is none. A block that has `data` or
 * `errors` is the answer to the run above it.
 */
export function recipesOf(markdown: string): Recipe[] {
  const recipes: Recipe[] = [];
  let isFresh = false;
  for (const { line, language, text } of blocksOf(markdown)) {
    const last = recipes.at(-1);
    if (language === 'graphql') {
      recipes.push({ line, document: text, variables: {} });
      isFresh = true;
    } else if (language === 'json') {
      if (!last) throw new Error(`The JSON at line ${line} is below no document.`);
      const value = JSON.parse(text) as Record<string, unknown>;
      if ('data' in value || 'errors' in value) {
        if (last.shown) throw new Error(`The answer at line ${line} is the second one to the same run.`);
        last.shown = value;
      } else if (isFresh) {
        last.variables = value;
      } else {
        recipes.push({ line, document: last.document, variables: value });
      }
      isFresh = false;
    }
  }
  return recipes;
}

const isName = (text: string) => text.includes('…');

/** What names on the page stand for. */
export class Names {
  readonly #values = new Map<string, string>();

  /** @throws when no answer above gave it */
  valueOf(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`No answer above says what ${name} is.`);
    return value;
  }

  /** Variables, or anything in them, with values in place of names. */
  fillIn<Value>(value: Value): Value {
    const text = JSON.stringify(value, (_key, part) =>
      typeof part === 'string' && isName(part) ? this.valueOf(part) : part,
    );
    return JSON.parse(text) as Value;
  }

  /** A document with values in place of the names in its strings. */
  fillInDocument(document: string): string {
    return document.replace(/"([^"\n]*…[^"\n]*)"/g, (_, name: string) => JSON.stringify(this.valueOf(name)));
  }

  /** Holds a name to what it stands for, or learns that. An id must be of the kind that the name begins with. */
  meet(name: string, value: unknown, where: string): void {
    expect(value, `${where} is shown as ${name}`).toBeTypeOf('string');
    const kind = /^[a-z]{3}_/.exec(name)?.[0] ?? '';
    expect(value, `${where} is shown as ${name}`).toMatch(new RegExp(`^${kind}`));
    if (!this.#values.has(name)) this.#values.set(name, value as string);
    expect(value, `${where} is shown as ${name}`).toBe(this.#values.get(name));
  }
}

/** What differs from run to run and cannot have a name. */
const varying = ['hint', 'remaining', 'resetAt'];

/** Holds a real answer against one that is shown: the same keys in the same order, lists of the same length, the same values. */
export function expectAsShown(real: unknown, shown: unknown, names: Names, where = 'the answer'): void {
  if (Array.isArray(shown)) {
    expect(real, where).toHaveLength(shown.length);
    shown.forEach((item, index) => {
      expectAsShown((real as unknown[])[index], item, names, `${where}[${index}]`);
    });
  } else if (typeof shown === 'object' && shown !== null) {
    expect(real, where).toBeTypeOf('object');
    expect(Object.keys(real ?? {}), `the keys of ${where}`).toEqual(Object.keys(shown));
    for (const [key, value] of Object.entries(shown)) {
      const item = (real as Record<string, unknown>)[key];
      if (varying.includes(key)) expect(item, `${where}.${key}`).toBeTypeOf(typeof value as 'string');
      else expectAsShown(item, value, names, `${where}.${key}`);
    }
  } else if (typeof shown === 'string' && isName(shown)) {
    names.meet(shown, real, where);
  } else {
    expect(real, where).toEqual(shown);
  }
}
