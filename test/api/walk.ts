// A walk through everything that a caller can be given: each way from the roots, generated from the schema, and a record of
// which fields of which things held a value. What they may hold is visibility-table.ts's.
import { type GraphQLOutputType, type GraphQLSchema, getNamedType, isObjectType, isOutputType } from 'graphql';
import type { Answer, Ask } from '../support/graphql.js';
import { glanceAt, selectionsOf } from './selections.js';

/** What was seen: by 'Type.field' the ids of the things of which it held a value. */
export interface Seen {
  readonly fields: Map<string, Set<string>>;
  /** All answers, as they came. */
  readonly texts: string[];
  /** How often the caller was told that something is not for them. */
  refusals: number;
  /** What else was wrong, in words: there should be nothing. */
  readonly faults: Set<string>;
}

/** The id under which things are noted that have none, and are part of none that has. */
export const nothing = 'no id';

function holdsValue(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** Notes what an answer holds. Things without an id are noted under the id of what they are part of. */
function note(seen: Seen, value: unknown, owner = nothing): void {
  if (Array.isArray(value)) for (const item of value) note(seen, item, owner);
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return;
  const { __typename: type, ...fields } = value as Record<string, unknown>;
  const id = typeof fields.id === 'string' ? fields.id : owner;
  for (const [field, held] of Object.entries(fields)) {
    if (type === undefined || !holdsValue(held)) continue;
    const name = `${type}.${field}`;
    seen.fields.set(name, (seen.fields.get(name) ?? new Set()).add(id));
    note(seen, held, id);
  }
}

const known = new WeakMap<GraphQLSchema, Map<string, string[]>>();

/** The selections of a type, made once: every caller sends the same. */
function knownSelections(schema: GraphQLSchema, type: GraphQLOutputType): string[] {
  const ofSchema = known.get(schema) ?? new Map<string, string[]>();
  known.set(schema, ofSchema);
  const name = getNamedType(type).name;
  const selections = ofSchema.get(name) ?? selectionsOf(schema, type);
  ofSchema.set(name, selections);
  return selections;
}

/** A root field with its arguments. */
export interface Root {
  readonly kind: 'query' | 'mutation';
  readonly field: string;
  /** Of a field of many types, the one to ask for; all when absent. */
  readonly only?: string;
  /** Looks at the plain fields only: the rest is looked at by another way to the same. */
  readonly isGlance?: boolean;
  /** The field as it is called; called once for each selection. */
  readonly call: () => string | Promise<string>;
  /** The same in two parts, for selections with which the whole costs more than an operation may. */
  readonly halves?: readonly Root[];
}

/** With which selections a root is too much for one operation, which is so for every caller. */
const tooLarge = new WeakMap<Root, Set<string>>();

/** Asks as one caller for a selection of a root, in as few operations as it takes, and gives their answers. */
async function askFor(ask: Ask, root: Root, selection: string): Promise<Answer[]> {
  const known = tooLarge.get(root) ?? new Set();
  tooLarge.set(root, known);
  const { kind, call, halves } = root;
  if (!halves || !known.has(selection)) {
    const answer = await ask(`${kind} { ${await call()} ${selection} }`);
    if (!halves || !answer.errors?.some(({ extensions }) => extensions.code === 'QUERY_TOO_LARGE')) return [answer];
    known.add(selection);
  }
  const answers = [];
  for (const half of halves) answers.push(...(await askFor(ask, half, selection)));
  return answers;
}

/** Walks from the roots as one caller. */
export async function walk(schema: GraphQLSchema, ask: Ask, roots: readonly Root[]): Promise<Seen> {
  const seen: Seen = { fields: new Map(), texts: [], refusals: 0, faults: new Set() };
  for (const root of roots) {
    const { kind, field, only, isGlance } = root;
    const all = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    const type = only === undefined ? all?.getFields()[field]?.type : schema.getType(only);
    if (!isOutputType(type)) throw new Error(`There is no ${kind} ${field} ${only ?? ''}.`);
    for (const plain of isGlance ? [glanceAt(type, 1)] : knownSelections(schema, type)) {
      const selection = only === undefined ? plain : `{ __typename ... on ${only} ${plain} }`;
      for (const { data, errors = [] } of await askFor(ask, root, selection)) {
        seen.texts.push(JSON.stringify({ data, errors }));
        for (const { message, extensions } of errors) {
          if (['FORBIDDEN', 'UNAUTHENTICATED'].includes(extensions.code ?? '')) seen.refusals += 1;
          else seen.faults.add(`${extensions.code}: ${message}`);
        }
        for (const value of Object.values(data ?? {})) note(seen, value);
      }
    }
  }
  return seen;
}

/** All fields of the schema's own object types save the roots, as 'Type.field'. */
export function objectFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !roots.includes(type) && !type.name.startsWith('__'))
    .flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    );
}
