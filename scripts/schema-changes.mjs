// Says what a change does to those who use the GraphQL API: compares schema.graphql with the last commit's, or, when nothing
// is uncommitted, what the last commit did to it.
//
//   npm run schema:changes               exits with 1 when something breaks that was not announced
//   npm run schema:changes -- v1.0.0     compares with that commit, branch or tag
//
// Breaking is allowed for what the old schema had as @deprecated with "Removed after YYYY-MM-DD", once that day has passed,
// and for the types that only it led to.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildASTSchema,
  findBreakingChanges,
  findDangerousChanges,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  parse,
  print,
  visit,
} from 'graphql';

function isOver(node, today) {
  const deprecated = node.directives.find(({ name }) => name.value === 'deprecated');
  const reason = deprecated?.arguments.find(({ name }) => name.value === 'reason')?.value.value ?? '';
  const [, day] = /Removed after (\d{4}-\d{2}-\d{2})/.exec(reason) ?? [];
  return day !== undefined && day < today;
}

/** A schema without what it said would be gone by today. It need not be valid: a type may be left without fields. */
function withoutAnnounced(document, today) {
  const drop = (node) => (isOver(node, today) ? null : undefined);
  const left = visit(document, { FieldDefinition: drop, InputValueDefinition: drop, EnumValueDefinition: drop });
  const [before, after] = [document, left].map((one) => reachable(build(one)));
  const isGone = (name) => before.has(name) && !after.has(name);
  return visit(left, {
    enter(node) {
      if (/TypeDefinition$/.test(node.kind) && isGone(node.name.value)) return null;
      return node.kind === 'NamedType' && isGone(node.name.value) ? null : undefined;
    },
  });
}

function build(document) {
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
}

/** The names of the types that an operation can get to from the roots. */
function reachable(schema) {
  const found = new Set();
  const follow = (type) => {
    if (!type || found.has(type.name)) return;
    found.add(type.name);
    if (isUnionType(type)) type.getTypes().forEach(follow);
    if (isObjectType(type) || isInterfaceType(type)) type.getInterfaces().forEach(follow);
    for (const field of fieldsOf(type)) {
      follow(getNamedType(field.type));
      for (const { type: ofArgument } of field.args ?? []) follow(getNamedType(ofArgument));
    }
  };
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].forEach(follow);
  return found;
}

function fieldsOf(type) {
  return isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
}

/** Everything in a schema that has a name, with what its default is and why it is deprecated. */
function elements(schema) {
  const found = new Map();
  const add = (path, { deprecationReason = null, astNode = null } = {}) => {
    const value = astNode?.defaultValue;
    found.set(path, {
      deprecationReason,
      default: value && print(value),
      isRequired: astNode?.type?.kind === 'NonNullType',
    });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    add(type.name);
    if (isEnumType(type)) for (const value of type.getValues()) add(`${type.name}.${value.name}`, value);
    if (isUnionType(type)) for (const member of type.getTypes()) add(`${type.name} = ${member.name}`);
    for (const field of fieldsOf(type)) {
      add(`${type.name}.${field.name}`, field);
      for (const argument of field.args ?? []) add(`${type.name}.${field.name}(${argument.name}:)`, argument);
    }
  }
  return found;
}

/** What graphql-js does not look at: the defaults of input fields. Those of arguments it calls dangerous itself. */
function changedDefaults(old, current) {
  const [before, after] = [elements(old), elements(current)];
  const changed = [...before].filter(([path, was]) => after.has(path) && was.default !== after.get(path).default);
  const required = changed.filter(([path]) => after.get(path).isRequired && after.get(path).default === undefined);
  return {
    breaking: required.map(([path]) => `${path} lost its default, and must be given now.`),
    dangerous: changed
      .filter((one) => !required.includes(one) && !one[0].endsWith(':)'))
      .map(([path, was]) => `${path} has changed its default from ${was.default} to ${after.get(path).default}.`),
  };
}

function breaking(old, current) {
  const found = findBreakingChanges(old, current).map(({ description }) => description);
  return [...found, ...changedDefaults(old, current).breaking];
}

/**
 * Compares two schemas.
 * @param before the old schema as text
 * @param after the new one
 * @param today as YYYY-MM-DD
 * @returns descriptions of what breaks unannounced, what breaks as announced, what may surprise, and what is new
 */
export function changesBetween(before, after, today) {
  const document = parse(before, { noLocation: true });
  const [old, current] = [build(document), build(parse(after, { noLocation: true }))];
  const unannounced = breaking(build(withoutAnnounced(document, today)), current);
  const [was, is] = [elements(old), elements(current)];
  const deprecated = [...is].filter(([path, { deprecationReason }]) => {
    return deprecationReason !== null && deprecationReason !== undefined && !was.get(path)?.deprecationReason;
  });
  return {
    unannounced,
    announced: breaking(old, current).filter((description) => !unannounced.includes(description)),
    dangerous: [
      ...findDangerousChanges(old, current).map(({ description }) => description),
      ...changedDefaults(old, current).dangerous,
    ],
    // Of what is new in a new type only the type.
    added: [...is.keys()].filter((path) => !was.has(path) && (was.has(path.split(/[. ]/)[0]) || /^\w+$/.test(path))),
    deprecated: deprecated.map(([path, { deprecationReason }]) => `${path}: ${deprecationReason}`),
  };
}

const root = join(fileURLToPath(import.meta.url), '../..');

/** schema.graphql at a commit; null outside a clone, and before there was such a commit or file. */
function committed(commit, folder) {
  try {
    const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 };
    return execFileSync('git', ['show', `${commit}:./schema.graphql`], options);
  } catch {
    return null;
  }
}

/** The schema of a folder, and the one to compare it with: null when there is none. */
export function schemasOf(folder, commit) {
  const after = readFileSync(join(folder, 'schema.graphql'), 'utf8');
  if (commit !== undefined) return { before: committed(commit, folder), after };
  const last = committed('HEAD', folder);
  return { before: last === after ? committed('HEAD~1', folder) : last, after };
}

function main([commit]) {
  const { before, after } = schemasOf(root, commit);
  if (before === null) {
    // A commit that was asked for by name is another matter than a copy without history.
    console.log(`There is no schema.graphql ${commit ? `at ${commit}` : 'of an earlier commit'} to compare with.`);
    process.exitCode = commit ? 1 : 0;
    return;
  }
  const changes = changesBetween(before, after, new Date().toISOString().slice(0, 10));
  for (const path of changes.added) console.log(`New: ${path}`);
  for (const description of changes.deprecated) console.log(`Deprecated: ${description}`);
  for (const description of changes.dangerous) console.log(`May surprise: ${description}`);
  for (const description of changes.announced) console.log(`Removed as announced: ${description}`);
  for (const description of changes.unannounced) console.error(`Breaks clients: ${description}`);
  if (changes.unannounced.length > 0) {
    console.error('\nDeprecate it first: @deprecated(reason: "Use X. Removed after YYYY-MM-DD.").');
    process.exitCode = 1;
  } else {
    console.log('schema.graphql breaks no client.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
