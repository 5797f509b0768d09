// What every part of the schema must be like, as functions that name what is not. That they find faults at all is tested on a
// small schema which has each of them.
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

type Fields = readonly GraphQLField<unknown, unknown>[];

function ownTypes(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
}

function fieldsOf(type: GraphQLNamedType): Fields {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
}

interface Deprecable {
  readonly name: string;
  readonly deprecationReason?: string | null | undefined;
}

/** Everything that is deprecated, with its reason. */
function deprecations(schema: GraphQLSchema): [string, string][] {
  const named = (parent: string, things: readonly Deprecable[]) =>
    things.flatMap(({ name, deprecationReason }): [string, string][] =>
      deprecationReason == null ? [] : [[`${parent}.${name}`, deprecationReason]],
    );
  return ownTypes(schema).flatMap((type) => [
    ...(isEnumType(type) ? named(type.name, type.getValues()) : []),
    ...(isInputObjectType(type) ? named(type.name, Object.values(type.getFields())) : []),
    ...named(type.name, fieldsOf(type)),
    ...fieldsOf(type).flatMap((field) => named(`${type.name}.${field.name}`, field.args)),
  ]);
}

/** Deprecations that do not say what to use instead, and until when the old one is there. */
export function faultsOfDeprecations(schema: GraphQLSchema): string[] {
  const isRight = (reason: string) => {
    const [, date = ''] = /^Use .+\. Removed after (\d{4}-\d{2}-\d{2})\.$/.exec(reason) ?? [];
    return !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
  };
  return deprecations(schema)
    .filter(([, reason]) => !isRight(reason))
    .map(([name, reason]) => `${name}: "${reason}"`);
}

const capitalised = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;
const verbs =
  /^(create|update|delete|disable|enable|revoke|rotate|invite|resend|suspend|restore|remove|transfer|accept|verify|send|request|cancel|export)[A-Z]/;

function faultsOfPayload(name: string, type: GraphQLOutputType): string[] {
  const payload = getNullableType(type);
  const expected = `${capitalised(name)}Payload`;
  if (isNonNullType(type)) return [`${name}: the payload is not nullable`];
  if (!isObjectType(payload) || payload.name !== expected) return [`${name}: the payload is not ${expected}`];
  const faults = [];
  if (payload.getFields().userErrors?.type.toString() !== '[UserError!]!') {
    faults.push(`${expected}: no userErrors: [UserError!]!`);
  }
  // What was made or found is null where there are userErrors; yes or no can be said in any case.
  const given = fieldsOf(payload).filter(
    ({ name: field, type: its }) => field !== 'userErrors' && `${its}` !== 'Boolean!',
  );
  for (const field of given) if (isNonNullType(field.type)) faults.push(`${expected}.${field.name}: is not nullable`);
  return faults;
}

/** Mutations: verb first, one input of their own, a nullable payload of their own. */
export function faultsOfMutations(schema: GraphQLSchema): string[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args, type }) => {
    const given = args.map((argument) => `${argument.name}: ${argument.type}`).join(', ');
    return [
      ...(verbs.test(name) ? [] : [`${name}: does not begin with a verb`]),
      ...(given === `input: ${capitalised(name)}Input!` ? [] : [`${name}: takes (${given})`]),
      ...faultsOfPayload(name, type),
    ];
  });
}

const pageArguments = ['first: Int', 'after: String', 'last: Int', 'before: String'];

function faultsOfConnectionType(schema: GraphQLSchema, type: GraphQLObjectType): string[] {
  const item = type.name.replace(/Connection$/, '');
  const expected = { edges: `[${item}Edge!]!`, nodes: `[${item}!]!`, pageInfo: 'PageInfo!' };
  const shape = (
    fields: Record<string, GraphQLField<unknown, unknown>>,
    wanted: Record<string, string>,
    name: string,
  ) =>
    Object.entries(wanted)
      .filter(([field, text]) => fields[field]?.type.toString() !== text)
      .map(([field, text]) => `${name}.${field}: is not ${text}`);
  const edge = schema.getType(`${item}Edge`);
  return [
    ...shape(type.getFields(), expected, type.name),
    ...(isObjectType(edge) ? shape(edge.getFields(), { cursor: 'String!', node: `${item}!` }, edge.name) : []),
  ];
}

/** Connections: Relay's shape with nodes beside edges, and the four arguments of pages wherever there is one. */
export function faultsOfConnections(schema: GraphQLSchema): string[] {
  const types = ownTypes(schema)
    .filter((type) => isObjectType(type))
    .filter(({ name }) => name.endsWith('Connection'));
  const givers = ownTypes(schema).flatMap((type) =>
    fieldsOf(type).filter((field) => field.type.toString().replace('!', '').endsWith('Connection')),
  );
  const lacking = givers.flatMap(({ name, args }) => {
    const given = args.map((argument) => `${argument.name}: ${argument.type}`);
    return pageArguments.filter((wanted) => !given.includes(wanted)).map((wanted) => `${name}: no argument ${wanted}`);
  });
  return [...types.flatMap((type) => faultsOfConnectionType(schema, type)), ...lacking];
}

/** Lists of what can be null, which a client would have to look through. `nodes` says by null what was not found. */
export function faultsOfLists(schema: GraphQLSchema): string[] {
  return ownTypes(schema).flatMap((type) => {
    const typed = isInputObjectType(type)
      ? Object.values(type.getFields())
      : fieldsOf(type).flatMap((field) => [field, ...field.args]);
    return typed
      .filter(({ name }) => `${type.name}.${name}` !== 'Query.nodes')
      .filter((thing) => {
        const list = getNullableType(thing.type);
        return isListType(list) && !isNonNullType(list.ofType);
      })
      .map(({ name }) => `${type.name}.${name}: is a list of what can be null`);
  });
}

/** Names: types in PascalCase, fields and arguments in camelCase, enum values in capitals. */
export function faultsOfNames(schema: GraphQLSchema): string[] {
  const wrong = (parent: string, things: readonly { readonly name: string }[], pattern: RegExp) =>
    things
      .filter(({ name }) => !pattern.test(name))
      .map(({ name }) => `${parent}.${name}: is not named like the others`);
  return ownTypes(schema).flatMap((type) => [
    ...wrong('', [type], /^[A-Z][A-Za-z0-9]*$/),
    ...(isEnumType(type) ? wrong(type.name, type.getValues(), /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/) : []),
    ...(isInputObjectType(type) ? wrong(type.name, Object.values(type.getFields()), /^[a-z][A-Za-z0-9]*$/) : []),
    ...wrong(type.name, fieldsOf(type), /^[a-z][A-Za-z0-9]*$/),
    ...fieldsOf(type).flatMap((field) => wrong(`${type.name}.${field.name}`, field.args, /^[a-z][A-Za-z0-9]*$/)),
  ]);
}

/** Fields of Query, each of which may fail alone without taking its neighbours with it. */
export function faultsOfQueries(schema: GraphQLSchema): string[] {
  return Object.values(schema.getQueryType()?.getFields() ?? {})
    .filter(({ name, type }) => name !== 'nodes' && isNonNullType(type))
    .map(({ name }) => `${name}: is not nullable`);
}
