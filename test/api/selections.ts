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
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Ask } from '../support/graphql.js';

/** The schema as its callers know it. */
export async function readSchema(ask: Ask): Promise<GraphQLSchema> {
  const { data } = await ask(getIntrospectionQuery());
  return buildClientSchema(data as IntrospectionQuery);
}

/** Everything that can be asked of a type without arguments, `depth` objects deep. */
export function selectionOf(schema: GraphQLSchema, type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isAbstractType(named)) {
    const parts = schema.getPossibleTypes(named).map((one) => `... on ${one.name} ${selectionOf(schema, one, depth)}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const parts = Object.values(named.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) || depth > 1)
    .map((field) => `${field.name} ${selectionOf(schema, field.type, depth - 1)}`);
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
