// The schema as a product: one way of naming, of paging, of saying what is wrong and of taking something away again, for those
// who generate code from it. The rules are in conventions.ts; here they meet the committed schema, and one that breaks each.
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import {
  faultsOfConnections,
  faultsOfDeprecations,
  faultsOfLists,
  faultsOfMutations,
  faultsOfNames,
  faultsOfQueries,
} from './conventions.js';

const committed = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

const rules: [string, (schema: GraphQLSchema) => string[]][] = [
  ['every deprecation says what to use instead and when the old goes', faultsOfDeprecations],
  [
    'every mutation is named verb first, takes one input and gives a nullable payload with userErrors',
    faultsOfMutations,
  ],
  ['every connection has edges, nodes, pageInfo and the arguments of pages', faultsOfConnections],
  ['no list holds what can be null', faultsOfLists],
  ['types, fields, arguments and enum values are named alike', faultsOfNames],
  ['every field of Query can fail alone', faultsOfQueries],
];

test.each(rules)('%s', (_name, faultsOf) => {
  expect(faultsOf(committed)).toEqual([]);
});

/** The parts that every example needs, so that only what it is about is wrong. */
const around = `
  type PageInfo { hasNextPage: Boolean! }
  type UserError { message: String! }
  type Thing { id: ID! }
  type ThingEdge { cursor: String! node: Thing! }
`;
const example = (text: string) =>
  buildSchema(`${text.includes('type Query') ? '' : 'type Query { a: Int }'} ${around} ${text}`);

describe('a deprecation', () => {
  const reason = (text: string) => `@deprecated(reason: "${text}")`;
  const right = reason('Use b. Removed after 2027-01-01.');

  test('that is right is left alone', () => {
    expect(faultsOfDeprecations(example(`type Query { a: Int ${right} b(c: Int ${right}): Int }`))).toEqual([]);
    expect(faultsOfDeprecations(example(`enum E { A ${right} B } input I { a: Int ${right} }`))).toEqual([]);
  });

  test.each([
    'No longer supported',
    'Use b.',
    'Use b. Removed after 2027.',
    'Use b. Removed after 2027-13-01.',
    'Use b. Removed after 2027-02-30.',
    'Use b. Removed after 2027-01-01',
    'Use b. Removed after 01.01.2027.',
    'Removed after 2027-01-01.',
    'Old. Use b. Removed after 2027-01-01. Sorry.',
  ])('that reads "%s" is found wherever it stands', (text) => {
    const wrong = reason(text);
    const schema = example(
      `type Query { a: Int ${wrong} b(c: Int ${wrong}): Int } enum E { A ${wrong} B } input I { a: Int ${wrong} }`,
    );
    expect(faultsOfDeprecations(schema).map((fault) => fault.split(':')[0])).toEqual([
      'Query.a',
      'Query.b.c',
      'E.A',
      'I.a',
    ]);
  });

  test('without a reason is found', () => {
    expect(faultsOfDeprecations(example('type Query { a: Int @deprecated }'))).toHaveLength(1);
  });
});

describe('a fault of each other kind is found', () => {
  const input = 'input CreateThingInput { a: Int }';
  const payload = 'type CreateThingPayload { thing: Thing userErrors: [UserError!]! }';
  const mutation = (text: string, more = `${input} ${payload}`) =>
    faultsOfMutations(example(`type Mutation { ${text} } ${more}`));

  test('in mutations', () => {
    expect(mutation('createThing(input: CreateThingInput!): CreateThingPayload')).toEqual([]);
    expect(mutation('createThing(input: CreateThingInput): CreateThingPayload')).toHaveLength(1);
    expect(mutation('createThing(id: ID!, input: CreateThingInput!): CreateThingPayload')).toHaveLength(1);
    expect(mutation('createThing(input: CreateThingInput!): CreateThingPayload!')).toHaveLength(1);
    expect(mutation('createThing(input: CreateThingInput!): Thing')).toHaveLength(1);
    const noun = `input ThingCreateInput { a: Int } type ThingCreatePayload { userErrors: [UserError!]! }`;
    expect(mutation('thingCreate(input: ThingCreateInput!): ThingCreatePayload', noun)).toHaveLength(1);
    for (const fields of [
      'thing: Thing',
      'userErrors: [UserError!]',
      'userErrors: [UserError]!',
      'thing: Thing! userErrors: [UserError!]!',
    ]) {
      const wrong = `${input} type CreateThingPayload { ${fields} }`;
      expect(mutation('createThing(input: CreateThingInput!): CreateThingPayload', wrong)).toHaveLength(1);
    }
  });

  test('in connections', () => {
    const fields = 'edges: [ThingEdge!]! nodes: [Thing!]! pageInfo: PageInfo!';
    const args = '(first: Int, after: String, last: Int, before: String)';
    const connection = (own: string, given = args) =>
      faultsOfConnections(example(`type Query { things${given}: ThingConnection } type ThingConnection { ${own} }`));
    expect(connection(fields)).toEqual([]);
    for (const field of fields.split(/(?<=!) /))
      expect(connection(fields.replace(field, 'other: Int'))).toHaveLength(1);
    expect(connection(fields.replace('[Thing!]!', '[Thing]!'))).toHaveLength(1);
    expect(connection(fields, '(first: Int, after: String)')).toHaveLength(2);
  });

  test('in lists', () => {
    expect(faultsOfLists(example('type T { a: [Int!]! } input I { a: [Int!] }'))).toEqual([]);
    expect(faultsOfLists(example('type T { a: [Int] b(c: [Int]!): Int } input I { a: [Int] }'))).toHaveLength(3);
  });

  test('in names', () => {
    expect(faultsOfNames(example('enum E { A_B } input I { aB: Int } type T { aB(cD: Int): Int }'))).toEqual([]);
    expect(
      faultsOfNames(example('enum E { Active a A__B _A } input in { a_b: Int } type T { A_b(C: Int): Int }')),
    ).toHaveLength(8);
  });

  test('in queries', () => {
    expect(faultsOfQueries(example('type Query { a: Int! b: Int }'))).toEqual(['a: is not nullable']);
  });
});
