// Operations made from the schema, so that a field that is added later is asked for without anybody thinking of it.
import {
  buildClientSchema,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  type IntrospectionQuery,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { Ask } from '../support/graphql.js';

/** The schema as its callers know it. */
export async function readSchema(ask: Ask): Promise<GraphQLSchema> {
  const { data } = await ask(getIntrospectionQuery());
  return buildClientSchema(data as IntrospectionQuery);
}

// Below what one operation may select, with room for the ways that lead there.
const mostFields = 100;

interface Part {
  readonly field: string;
  readonly text: string;
  readonly fields: number;
}

function part(field: string, text: string): Part {
  return { field, text, fields: text.match(/\b[a-z_]\w*/g)?.length ?? 0 };
}

/**
 * Puts parts into as few selections as hold them. Two parts of one field are never put into the same: they may be of types
 * whose fields of one name do not go together.
 */
function pack(parts: readonly Part[]): string[] {
  const packs: { fields: number; parts: Part[] }[] = [];
  for (const one of parts) {
    const fitting = packs.find(
      (pack) => pack.fields + one.fields <= mostFields && pack.parts.every(({ field }) => field !== one.field),
    );
    const pack = fitting ?? { fields: 0, parts: [] };
    if (!fitting) packs.push(pack);
    pack.fields += one.fields;
    pack.parts.push(one);
  }
  return packs.map((pack) => pack.parts.map(({ text }) => text).join(' '));
}

/**
 * Everything that can be asked of a type, every way of going on from it included, in as many selections as the limits of an
 * operation demand. A way ends where it would come to a type again that it has been through.
 */
export function selectionsOf(schema: GraphQLSchema, type: GraphQLOutputType, been: readonly string[] = []): string[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) {
    const possible = schema.getPossibleTypes(named).filter((one) => !been.includes(one.name));
    return possible.flatMap((one) =>
      selectionsOf(schema, one, been).map((selection) => `{ __typename ... on ${one.name} ${selection} }`),
    );
  }
  if (!isObjectType(named)) return [''];
  const fields = Object.values(named.getFields());
  const needy = fields.find((field) => field.args.some(isRequiredArgument));
  if (needy) throw new Error(`${named.name}.${needy.name} needs an argument, which must be given here.`);
  const parts = fields.flatMap((field): Part[] => {
    if (isLeafType(getNamedType(field.type))) return [part(field.name, field.name)];
    if (been.includes(getNamedType(field.type).name)) return [];
    const selections = selectionsOf(schema, field.type, [...been, named.name]);
    return selections.map((selection) => part(field.name, `${field.name} ${selection}`));
  });
  const always = fields.some((field) => field.name === 'id') ? '__typename id' : '__typename';
  return pack(parts).map((text) => `{ ${always} ${text} }`);
}

/** The plain fields of a type and of what its connections and payloads hold: enough to see what something is. */
export function glanceAt(type: GraphQLOutputType, depth = 3): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return isInterfaceType(named) ? '{ __typename id }' : '{ __typename }';
  const parts = Object.values(named.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) || depth > 1)
    .map((field) => `${field.name} ${glanceAt(field.type, depth - 1)}`);
  return `{ __typename ${parts.join(' ')} }`;
}

/** A value that an input type takes: every text and id in it is `text`. Optional parts are filled in as well. */
export function inputOf(type: GraphQLInputType, text: string): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [inputOf(nullable.ofType, text)];
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).filter(
      // Texts that name things, and what must be given.
      (field) => isNonNullType(field.type) || ['ID', 'String'].includes(String(getNullableType(field.type))),
    );
    return Object.fromEntries(fields.map((field) => [field.name, inputOf(field.type, text)]));
  }
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (String(nullable) === 'Boolean') return false;
  return String(nullable) === 'Int' ? 1 : text;
}
