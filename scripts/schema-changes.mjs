// Says what a change does to those who use the GraphQL API: compares schema.graphql with the last commit's, or, when nothing
// is uncommitted, what the last commit did to it.
//
//   npm run schema:changes        exits with 1 when something breaks that was not announced
//
// Breaking is allowed for what the old schema had as @deprecated with "Removed after YYYY-MM-DD", once that day has passed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

/** The reason why a member such as `Type.field` or `ENUM.VALUE` is deprecated, in a schema. */
function deprecationOf(schema, description) {
  for (const [path] of description.matchAll(/\b[A-Za-z_]\w*\.[A-Za-z_]\w*\b/g)) {
    const [typeName, member] = path.split('.');
    const type = schema.getType(typeName);
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
      const reason = type.getFields()[member]?.deprecationReason;
      if (reason) return reason;
    }
  }
  const [, value, typeName] = /^(\w+) was removed from enum type (\w+)/.exec(description) ?? [];
  const type = typeName === undefined ? undefined : schema.getType(typeName);
  return isEnumType(type) ? (type.getValue(value)?.deprecationReason ?? null) : null;
}

/** Whether the old schema said that this would be gone by today. */
function wasAnnounced(schema, description, today) {
  const [, day] = /Removed after (\d{4}-\d{2}-\d{2})/.exec(deprecationOf(schema, description) ?? '') ?? [];
  return day !== undefined && day < today;
}

/**
 * Compares two schemas.
 * @param before the old schema as text
 * @param after the new one
 * @param today as YYYY-MM-DD
 * @returns descriptions of what breaks unannounced, what breaks as announced, and what may surprise
 */
export function changesBetween(before, after, today) {
  const [old, current] = [buildSchema(before), buildSchema(after)];
  const breaking = findBreakingChanges(old, current).map(({ description }) => description);
  return {
    unannounced: breaking.filter((description) => !wasAnnounced(old, description, today)),
    announced: breaking.filter((description) => wasAnnounced(old, description, today)),
    dangerous: findDangerousChanges(old, current).map(({ description }) => description),
  };
}

const root = join(fileURLToPath(import.meta.url), '../..');

/** schema.graphql at a commit; null outside a clone, and before there was such a commit or file. */
function committed(commit) {
  try {
    return execFileSync('git', ['show', `${commit}:schema.graphql`], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return null;
  }
}

function main() {
  const after = readFileSync(join(root, 'schema.graphql'), 'utf8');
  const last = committed('HEAD');
  const before = last === after ? committed('HEAD~1') : last;
  if (before === null) {
    console.log('There is no earlier schema.graphql to compare with.');
    return;
  }
  const { unannounced, announced, dangerous } = changesBetween(before, after, new Date().toISOString().slice(0, 10));
  for (const description of dangerous) console.log(`May surprise: ${description}`);
  for (const description of announced) console.log(`Removed as announced: ${description}`);
  for (const description of unannounced) console.error(`Breaks clients: ${description}`);
  if (unannounced.length > 0) {
    console.error('\nDeprecate it first: @deprecated(reason: "Use X. Removed after YYYY-MM-DD.").');
    process.exitCode = 1;
  } else {
    console.log('schema.graphql breaks no client.');
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
