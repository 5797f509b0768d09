// How many SQL statements a GraphQL request costs, its caller's recognition among them.
import { expect } from 'vitest';
import type { TestApp } from '../support/app.js';
import type { Ask } from '../support/graphql.js';

/** Asks for so many of a list, and counts. The list must have that many. */
export async function countStatements(app: TestApp, ask: Ask, list: string, first: number, selection: string) {
  await app.beginCounting();
  const { data, errors } = await ask(`{ ${list}(first: ${first}) { ${selection} } }`);
  expect(errors).toBeUndefined();
  const { nodes, edges } = data[list];
  if (nodes ?? edges) expect(nodes ?? edges).toHaveLength(first);
  return app.statements.length;
}
