// Operations made from the schema, so that a field that is added later is asked for without anybody thinking of it.
import {
  buildClientSchema,
  type GraphQLInputType,
  type GraphQLObjectType,
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
 * A list in a thing, with all that can be asked of what is in it, and of what that leads to the plain fields: more lists in lists
 * cost more than an operation may. Every thing is a root of a walk too, so that a list in what another thing leads to is looked
 * at for what is in it, and that is all.
 */
function selectionsOfInnerList(type: GraphQLObjectType, been: readonly string[]): string[] {
  const around = been.slice(0, -1).filter((name) => !/(Connection|Edge)$/.test(name));
  if (around.length > 0) return ['{ __typename totalCount nodes { __typename id } }'];
  const { nodes, edges, pageInfo, ...rest } = type.getFields();
  const item = getNamedType(nodes?.type);
  if (!isObjectType(item) || !edges || !pageInfo) throw new Error(`${type.name} is no connection.`);
  const parts = Object.values(item.getFields()).map(({ name, type: its }) => part(name, `${name} ${glanceAt(its, 1)}`));
  const frame = `${Object.keys(rest).join(' ')} pageInfo ${glanceAt(pageInfo.type, 1)}`;
  return pack(parts).map((text, index) => {
    const once = index === 0 ? `${frame} edges { __typename cursor node { __typename id } }` : '';
    return `{ __typename ${once} nodes { __typename id ${text} } }`;
  });
}

const isConnection = (type: GraphQLOutputType) => getNamedType(type).name.endsWith('Connection');

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
  if (isConnection(named) && been.length > 0) return selectionsOfInnerList(named, been);
  const fields = Object.values(named.getFields());
  const needy = fields.find((field) => field.args.some(isRequiredArgument));
  if (needy) throw new Error(`${named.name}.${needy.name} needs an argument, which must be given here.`);
  const parts = fields.flatMap((field): Part[] => {
    if (isLeafType(getNamedType(field.type))) return [part(field.name, field.name)];
    if (been.includes(getNamedType(field.type).name)) return [];
    const selections = selectionsOf(schema, field.type, [...been, named.name]);
    const few = isConnection(field.type) ? '(first: 1)' : '';
    return selections.map((selection) => part(field.name, `${field.name}${few} ${selection}`));
  });
  const always = fields.some((field) => field.name === 'id') ? '__typename id' : '__typename';
  return pack(parts).map((text) => `{ ${always} ${text} }`);
}

/**
 * The plain fields of a type and of what its connections and payloads hold, and what is in the lists of a thing: enough to see what
 * something is.
 */
export function glanceAt(type: GraphQLOutputType, depth = 3): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (!isObjectType(named)) return isInterfaceType(named) ? '{ __typename id }' : '{ __typename }';
  const parts = Object.values(named.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)) || depth > 1)
    .map((field) =>
      isConnection(field.type)
        ? `${field.name}(first: 1) { nodes { id } }`
        : `${field.name} ${glanceAt(field.type, depth - 1)}`,
    );
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
