// The authorization matrix: every field of Query and Mutation by every kind of caller, as the table says, and whoever is
// refused leaves every table as it was (known attacks 6 and 31). A field that the schema has and the table has not fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Dump, dumpLasting } from '../support/dump.js';
import { operationOf, outcomeOf, rootFields } from './authorization-table.js';
import { callerNames, callersOf, groupOf, keepingVerified } from './callers.js';
import { readSchema } from './selections.js';
import { targetsOf } from './targets.js';

let app: TestApp;
let world: Awaited<ReturnType<typeof callersOf>>;
let makeTarget: Awaited<ReturnType<typeof targetsOf>>;
beforeAll(async () => {
  app = await createTestApp();
  world = await callersOf(app);
  makeTarget = await targetsOf(app);
});
afterAll(() => app.close());

test('the table names every field of Query and Mutation, and no other', async () => {
  const schema = await readSchema(world.callers.anonymous.ask);
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
  expect(fields.sort()).toEqual(Object.keys(rootFields).sort());
});

describe.each(Object.entries(rootFields))('%s', (name, root) => {
  const { select, target, expected, except } = root;
  const isMutation = name.startsWith('Mutation.');
  // What a caller was refused serves for the next one, and so does what the tables were found to be.
  let spare: string | undefined;
  let known: Dump | undefined;

  test.each(callerNames.map((caller) => [caller, except?.[caller] ?? expected[groupOf[caller]]] as const))(
    'by %s: %s',
    async (caller, outcome) => {
      if (target && spare === undefined) {
        spare = (await makeTarget[target]()).id;
        known = undefined;
      }
      const id = spare;
      const before = isMutation ? (known ?? (await dumpLasting(app))) : undefined;
      const operation = operationOf(name, root, select);
      const ask = () => world.callers[caller].ask(operation, id === undefined ? {} : { id });
      const answer = await (name === 'Mutation.updateAccount' ? keepingVerified(app, ask) : ask());
      expect(outcomeOf(answer, name, id)).toBe(outcome);
      if (before === undefined) return;
      known = await dumpLasting(app);
      if (outcome !== 'OK') return expect(known).toEqual(before);
      expect(known).not.toEqual(before);
      spare = undefined;
    },
  );
});
