// The committed schema.graphql, from which clients generate their code: it says what the code does, and explains everything.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { expect, test } from 'vitest';
import { run } from '../cli/command-line.js';

interface Described {
  readonly description?: string | null | undefined;
}

function lacking(name: string, thing: Described): string[] {
  return (thing.description ?? '').trim() === '' ? [name] : [];
}

function lackingBelow(parent: string, things: readonly (Described & { readonly name: string })[]): string[] {
  return things.flatMap((thing) => lacking(`${parent}.${thing.name}`, thing));
}

function withoutDescription(type: GraphQLNamedType): string[] {
  const found = lacking(type.name, type);
  if (isEnumType(type)) found.push(...lackingBelow(type.name, type.getValues()));
  if (isInputObjectType(type)) found.push(...lackingBelow(type.name, Object.values(type.getFields())));
  if (isObjectType(type) || isInterfaceType(type)) {
    const fields = Object.values(type.getFields());
    found.push(...lackingBelow(type.name, fields));
    const ofArguments = (args: readonly GraphQLArgument[], field: string) =>
      lackingBelow(`${type.name}.${field}`, args);
    for (const field of fields) found.push(...ofArguments(field.args, field.name));
  }
  return found;
}

const committed = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

test('schema.graphql is what the code says; "npm run schema" writes it anew', async () => {
  // By the command, since vitest would load a second graphql beside that of the libraries, and the two refuse each other.
  const { exitCode, stdout } = await run('file:unused', ['schema', 'print']);
  expect(exitCode).toBe(0);
  expect(committed).toBe(stdout);
});

test('every type, field, argument, enum value and input field has a description', () => {
  const own = Object.values(buildSchema(committed).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  expect(own.length).toBeGreaterThan(20);
  expect(own.flatMap(withoutDescription)).toEqual([]);
});
