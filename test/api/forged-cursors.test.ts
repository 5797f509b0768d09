// Known attack 35 (CVE-2026-33504): SQL injection through a forged pagination token. Whatever is sent for a cursor, of any list
// in any order, is refused as the caller's mistake or gives the caller's own rows; it is never a fault of ours.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { getNamedType, isEnumType, isInputObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerApi } from '../support/api-resources.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Ask, apiTokenOf, signedIn } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';
import { ownedBy } from './callers.js';
import { readSchema } from './selections.js';

/** A list in one of its orders. */
interface Listing {
  readonly list: string;
  /** As it is written in a document; '' for the order that the list has by itself. */
  readonly orderBy: string;
}

let app: TestApp;
let owner: Ask;
let foreigner: Ask;
let listings: Listing[];
/** Real cursors of each listing: of one's own rows and of another account's. */
let cursors: { readonly listing: Listing; readonly own: string[]; readonly foreign: string[] }[];
/** The ids of the rows that may come back. */
let ownIds: Set<string>;
let foreignIds: string[];

beforeAll(async () => {
  app = await createTestApp();
  const other = await app.addAccount();
  for (const [index, person] of [app.owner, other.owner].entries()) {
    for (const name of ['Alpha', 'beta', 'Ärger', "O'Brien; --"]) {
      await registerClient(ownedBy(app, person), { name });
      await apiTokenOf(app, 'READER', person);
      await registerApi(ownedBy(app, person), { audience: `https://${randomUUID()}.example`, name });
    }
    await app.addMember('READER', `reader${index}@example.com`, person.accountId);
  }
  [owner, foreigner] = [await signedIn(app, app.owner), await signedIn(app, other.owner)];
  listings = await readListings();
  cursors = [];
  for (const listing of listings) {
    const edges = async (ask: Ask) => (await page(ask, listing, '')).data[listing.list].edges;
    const [own, foreign] = [await edges(owner), await edges(foreigner)];
    const cursorsOf = (all: { cursor: string }[]) => all.map(({ cursor }) => cursor);
    cursors.push({ listing, own: cursorsOf(own), foreign: cursorsOf(foreign) });
  }
  const idsOf = async (accountId: string) => {
    const where = { where: { accountId } };
    const { db } = app;
    const rows = [db.member, db.oAuthClient, db.apiToken, db.apiResource, db.auditLogEntry].map((table) =>
      (table as typeof db.member).findMany(where),
    );
    return (await Promise.all(rows)).flat().map(({ id }) => id);
  };
  ownIds = new Set(await idsOf(app.owner.accountId));
  foreignIds = await idsOf(other.account.id);
});
afterAll(() => app.close());

/** Every list of the schema in every order that it offers. */
async function readListings(): Promise<Listing[]> {
  const schema = await readSchema(owner);
  return Object.values(schema.getQueryType()?.getFields() ?? {})
    .filter(({ args }) => args.some(({ name }) => name === 'after'))
    .flatMap(({ name: list, args }) => {
      const order = getNamedType(args.find(({ name }) => name === 'orderBy')?.type);
      const field = isInputObjectType(order) ? getNamedType(order.getFields().field?.type) : undefined;
      const names = isEnumType(field) ? field.getValues().map((value) => value.name) : [];
      const orders = names.flatMap((name) =>
        ['ASC', 'DESC'].map((direction) => `, orderBy: { field: ${name}, direction: ${direction} }`),
      );
      return ['', ...orders].map((orderBy) => ({ list, orderBy }));
    });
}

/** @param place such as `after: $cursor`, or nothing */
function page(ask: Ask, { list, orderBy }: Listing, place: string, cursor?: string): Promise<Answer> {
  const declared = place ? '($cursor: String) ' : '';
  const selection = '{ edges { cursor node { id } } pageInfo { startCursor endCursor } }';
  return ask(`query ${declared}{ ${list}(first: 10${orderBy}${place && `, ${place}`}) ${selection} }`, { cursor });
}

const backward = (ask: Ask, { list, orderBy }: Listing, cursor: string) =>
  ask(
    `query ($cursor: String) { ${list}(last: 10${orderBy}, before: $cursor) { edges { cursor node { id } } pageInfo { endCursor } } }`,
    { cursor },
  );

/** Refused as a mistake of the caller's, or one's own rows. @returns which */
function expectHarmless({ status, data, errors }: Answer, { list }: Listing): 'refused' | 'rows' {
  expect(status).toBeLessThan(500);
  if (errors) {
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(data?.[list] ?? null).toBeNull();
    return 'refused';
  }
  const ids = data[list].edges.map(({ node }: { node: { id: string } }) => node.id) as string[];
  expect(ids.filter((id) => !ownIds.has(id))).toEqual([]);
  return 'rows';
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];

const hostile = [
  ...["' OR 1=1 --", '\'; DROP TABLE "Member"; --', '%', '_', '\\', '"', '`', '$1', '?', ':id', '\u0000', 'a\u0000b'],
  ...['\ud800', '\udfff\ud800', '\uffff', '\u{10ffff}', 'A'.repeat(3000), '9'.repeat(400), '', ' ', 'null', '0', '-1'],
  ...['{"gt":""}', '[]', '1970-01-01', '+275760-09-13T00:00:00.001Z', '-000001-01-01T00:00:00Z', '__proto__'],
];

const idText = fc.string({
  unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
  minLength: 26,
  maxLength: 26,
});

/** Cursors as an attacker makes them: from nothing, from what a cursor of the list looks like, and from real ones. */
function forgeries({ own, foreign }: (typeof cursors)[number]): fc.Arbitrary<string> {
  const real = [...own, ...foreign];
  const parts = real.map(decode);
  const [name, direction] = parts[0] ?? [];
  const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
  const kinds = ['mem', 'cli', 'tok', 'aud', 'acc', 'sec', 'ses'];
  const anyId = fc.tuple(fc.constantFrom(...kinds), idText).map(([kind, rest]) => `${kind}_${rest}`);
  const id = fc.oneof(fc.constantFrom(...ownIds), fc.constantFrom(...foreignIds), anyId, text);
  const value = fc.oneof(text, fc.jsonValue(), fc.constantFrom<unknown>(null, true, 1, 1e308, [], {}, { gt: '' }));
  const places = fc.oneof(fc.constantFrom(...parts.map((all) => all[2])), id);
  // As ours would be with another place in them, which is what comes furthest.
  const moved = fc.tuple(places, text).map((rest) => encode([name, direction, ...rest].slice(0, parts[0]?.length)));
  const likeOurs = fc
    .tuple(fc.oneof(fc.constant(name), text), fc.oneof(fc.constantFrom('asc', 'desc', 'gt'), text), id, fc.array(value))
    .map(([first, second, third, rest]) => encode([first, second, third, ...rest.slice(0, 3)]));
  const exchanged = fc
    .tuple(fc.constantFrom(...parts), fc.nat({ max: 4 }), fc.oneof(value, id))
    .map(([old, index, other]) => encode(old.with(Math.min(index, old.length - 1), other)));
  const letters = fc.constantFrom('', '=', '==', 'A', ' ', '\n', '+', '/', '-');
  const bent = fc
    .tuple(fc.constantFrom(...real), fc.nat({ max: 200 }), letters)
    .map(([cursor, at, other]) => cursor.slice(0, at) + other + cursor.slice(at + 1));
  const fromNothing = fc.oneof(text, fc.base64String(), fc.jsonValue().map(encode));
  return fc.oneof(fromNothing, moved, moved, likeOurs, exchanged, bent);
}

describe('known attack 35', () => {
  test('every list in every order is tried, and each has rows on both sides', async () => {
    const { data } = await owner('{ __schema { queryType { fields { name type { name } } } } }');
    const fields = data.__schema.queryType.fields as { name: string; type: { name: string | null } }[];
    const lists = fields.filter(({ type }) => type.name?.endsWith('Connection')).map(({ name }) => name);
    expect([...new Set(listings.map(({ list }) => list))].sort()).toEqual(lists.sort());
    expect(listings.map(({ orderBy }) => orderBy)).toContain(', orderBy: { field: NAME, direction: DESC }');
    for (const { own, foreign } of cursors) expect(Math.min(own.length, foreign.length)).toBeGreaterThan(1);
  });

  test('a forged cursor is refused or gives one’s own rows, in every list and order', async () => {
    app.logLines.length = 0;
    const outcomes = { refused: 0, rows: 0 };
    for (const one of cursors) {
      const { listing } = one;
      await fc.assert(
        fc.asyncProperty(forgeries(one), fc.boolean(), async (cursor, isBackward) => {
          const answer = await (isBackward
            ? backward(owner, listing, cursor)
            : page(owner, listing, 'after: $cursor', cursor));
          outcomes[expectHarmless(answer, listing)] += 1;
        }),
        { numRuns: 30 },
      );
    }
    // Both happen often, or little of this would have been tried.
    expect(outcomes.refused).toBeGreaterThan(60);
    expect(outcomes.rows).toBeGreaterThan(60);
    expect(app.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
  }, 60_000);

  test('every hostile text as the value that is sorted by is compared as a text, and nothing else', async () => {
    for (const [place, { listing, own }] of cursors.entries()) {
      const [name, direction, id, value] = decode(own[0] ?? '');
      // Forward and backward in turn: the next order of the list begins with the other.
      for (const [index, text] of hostile.entries()) {
        const cursor = encode(value === undefined ? [name, direction, text] : [name, direction, id, text]);
        const isForward = (index + place) % 2 === 0;
        const ask = isForward ? page(owner, listing, 'after: $cursor', cursor) : backward(owner, listing, cursor);
        expectHarmless(await ask, listing);
      }
    }
  });

  test('another account’s cursor gives none of its rows', async () => {
    for (const { listing, foreign } of cursors) {
      for (const cursor of foreign) {
        expectHarmless(await page(owner, listing, 'after: $cursor', cursor), listing);
        expectHarmless(await backward(owner, listing, cursor), listing);
      }
    }
  });

  test('a cursor of one list or order is refused in every other', async () => {
    const identity = (cursor: string) =>
      JSON.stringify([decode(cursor).slice(0, 2), String(decode(cursor)[2]).slice(0, 3)]);
    let refused = 0;
    for (const { own } of cursors) {
      const [cursor = ''] = own;
      for (const { listing, own: theirs } of cursors) {
        const outcomes = [
          expectHarmless(await page(owner, listing, 'after: $cursor', cursor), listing),
          expectHarmless(await backward(owner, listing, cursor), listing),
        ];
        const isSame = identity(cursor) === identity(theirs[0] ?? '');
        expect([cursor, listing, outcomes]).toEqual([
          cursor,
          listing,
          isSame ? ['rows', 'rows'] : ['refused', 'refused'],
        ]);
        if (!isSame) refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(80);
  });

  test('a cursor is taken as it was given, and in no other spelling', async () => {
    for (const { listing, own } of cursors) {
      const [cursor = ''] = own;
      expect(expectHarmless(await page(owner, listing, 'after: $cursor', cursor), listing)).toBe('rows');
      const spelled = [
        `${cursor}=`,
        ` ${cursor}`,
        `${cursor}\n`,
        cursor.slice(0, -1),
        `${cursor}A`,
        encode({ ...decode(cursor) }),
      ];
      const spaced = Buffer.from(JSON.stringify(decode(cursor), null, 1)).toString('base64url');
      for (const other of [...spelled, spaced, JSON.stringify(decode(cursor)), '']) {
        expect([other, expectHarmless(await page(owner, listing, 'after: $cursor', other), listing)]).toEqual([
          other,
          'refused',
        ]);
      }
    }
  });
});
