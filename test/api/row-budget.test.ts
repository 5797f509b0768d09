// The guard behind the cost of an operation: what lists in lists may load, though nothing was measured.
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schema } from '../../src/api/schema.js';
import type { GraphQLContext } from '../../src/graphql/context-type.js';
import { permissionsOf } from '../../src/lib/roles.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  for (let index = 0; index < 11; index += 1) await app.addMember('READER', `member-${index}@example.com`);
});
afterAll(() => app.close());

/** Executes past the plugins that measure and refuse. */
async function unmeasured(query: string) {
  const { id, accountId } = app.owner;
  const contextValue: GraphQLContext = {
    deps: app.deps,
    caller: {
      via: 'session',
      accountId,
      memberId: id,
      apiTokenId: null,
      session: null,
      oauthClientId: null,
      role: 'OWNER',
      scopes: [],
      permissions: permissionsOf('OWNER'),
      actor: actorOfMember(app.owner, { ipAddress: null, userAgent: null }),
      requireStanding: async () => {},
    },
    spent: { usage: null },
  };
  const { errors = [] } = await execute({ schema, document: parse(query), contextValue });
  return errors.map(({ extensions, path }) => [extensions.code, path?.at(-1)]);
}

// Each of 12 members with a page of 100 and one more row: 1212 at most.
const lists = (field: string, count: number) =>
  Array.from({ length: count }, (_, index) => `list${index}: ${field}(first: 100) { nodes { id } }`).join(' ');

test.each(['connectedApps', 'sessions'])('%s of an operation load no more than 10000 rows in all', async (field) => {
  expect(await unmeasured(`{ members { nodes { ${lists(field, 8)} } } }`)).toEqual([]);
  const errors = await unmeasured(`{ members { nodes { ${lists(field, 9)} } } }`);
  expect(errors).toEqual(Array.from({ length: 12 }, () => ['QUERY_TOO_LARGE', 'list8']));
});
