// Who sees what: every caller walks every way through the schema, and sees of each type and field what the table says, no more
// and no less; of another account nobody sees anything (known attacks 31 and 40). A field without an entry fails.
import type { GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type CallerName, callerNames, callersOf, groupOf, keepingVerified } from './callers.js';
import { type Furnished, furnish, nameForeignThings } from './furnished.js';
import { mutationsFor, queriesFor } from './roots.js';
import { readSchema } from './selections.js';
import { targetsOf } from './targets.js';
import { type Level, visibility } from './visibility-table.js';
import { nothing, objectFields, type Root, type Seen, walk } from './walk.js';

let app: TestApp;
let schema: GraphQLSchema;
let world: Awaited<ReturnType<typeof callersOf>>;
let makeTarget: Awaited<ReturnType<typeof targetsOf>>;
let ours: Furnished;
let theirs: Furnished;
let queries: Root[];

beforeAll(async () => {
  app = await createTestApp();
  world = await callersOf(app);
  makeTarget = await targetsOf(app);
  ours = await furnish(app, app.owner, 'ours');
  theirs = await furnish(app, world.other.owner, 'theirs');
  schema = await readSchema(world.callers.anonymous.ask);
  const crossed = [
    await nameForeignThings(app, app.owner.accountId, theirs),
    await nameForeignThings(app, world.other.account.id, ours),
  ];
  queries = await queriesFor(app, ours, theirs, ...crossed);
});
afterAll(() => app.close());

/** The ids of everything that an account has, and of what is a member's own. */
async function idsOf(accountId: string, memberId: string | null) {
  const { db } = app;
  const tokens = await db.apiToken.findMany({ where: { accountId } });
  const consents = await db.consent.findMany({
    where: { revokedAt: null, OR: [{ member: { accountId } }, { client: { accountId } }] },
  });
  const sessions = await db.session.findMany({ where: { endedAt: null, member: { accountId } } });
  const rows = await Promise.all([
    db.member.findMany({ where: { accountId } }),
    db.oAuthClient.findMany({ where: { accountId } }),
    db.apiResource.findMany({ where: { accountId } }),
    db.oAuthClientSecret.findMany({ where: { client: { accountId } } }),
    db.auditLogEntry.findMany({ where: { accountId } }),
  ]);
  const own = [
    ...tokens.filter(({ ownerId }) => ownerId === memberId),
    ...[...consents, ...sessions].filter((row) => row.memberId === memberId),
  ];
  const all = [...rows, tokens, consents, sessions].flat();
  return {
    all: new Set([accountId, ...all.map(({ id }) => id)]),
    own: new Set([memberId, ...own.map(({ id }) => id)]),
  };
}

type Reach = 'all' | 'own' | 'nothing';

/** How far a caller sees what has this level. */
function reachOf(caller: CallerName, level: Level): Reach {
  const group = groupOf[caller];
  if (level === 'anybody') return group === 'dead token' || group === 'token for elsewhere' ? 'nothing' : 'all';
  if (['nobody', 'dead token', 'token for elsewhere'].includes(group)) return 'nothing';
  const isAdmin = !['member', 'token of a member'].includes(group);
  const isPerson = !caller.startsWith('OAuth token');
  const reach: Record<Exclude<Level, 'anybody'>, boolean> = {
    members: true,
    'their own': isAdmin,
    'their own, in person': isAdmin && isPerson,
    'members in person': isPerson,
    admins: isAdmin,
    browsers: caller.startsWith('session'),
    'holders of an API token': /^(API|service) token/.test(caller),
    'holders of an OAuth token': caller.startsWith('OAuth token'),
    'admins through a client of their account': caller === 'OAuth token with admin',
    'whoever did it': true,
  };
  if (reach[level]) return 'all';
  return level === 'their own' || (level === 'their own, in person' && isPerson) ? 'own' : 'nothing';
}

/** Which of the things that are furnished a type's fields are about. */
const ownerType: Record<string, string> = {
  TokenLifetimes: 'OAuthClient',
  AuditChange: 'AuditLogEntry',
  ConnectedApp: 'Consent',
};

async function expectNoMore(caller: CallerName, seen: Seen, accountId: string) {
  const { all, own } = await idsOf(accountId, world.callers[caller].memberId);
  const allowed: Record<Reach, (id: string) => boolean> = {
    all: (id) => all.has(id) || id === nothing,
    own: (id) => own.has(id) || id === nothing,
    nothing: () => false,
  };
  const excess = [...seen.fields].flatMap(([name, ids]) => {
    const [type = '', field = ''] = name.split('.');
    const level = visibility[type]?.[field];
    const reach = level === undefined ? 'nothing' : reachOf(caller, level);
    return [...ids].filter((id) => !allowed[reach](id)).map((id) => `${name} of ${id}`);
  });
  expect(excess).toEqual([]);
}

async function expectNoLess(caller: CallerName, seen: Seen) {
  const { own } = await idsOf(app.owner.accountId, world.callers[caller].memberId);
  const missing = objectFields(schema).flatMap((name) => {
    const [type = '', field = ''] = name.split('.');
    const level = visibility[type]?.[field] ?? 'whoever did it';
    const reach = level === 'whoever did it' ? 'nothing' : reachOf(caller, level);
    const ids = seen.fields.get(name) ?? new Set();
    const furnished = ours[ownerType[type] ?? type];
    if (!furnished) return reach === 'all' && ids.size === 0 ? [name] : [];
    const due = { all: furnished, own: furnished.filter((id) => own.has(id)), nothing: [] }[reach];
    return due.filter((id) => !ids.has(id)).map((id) => `${name} of ${id}`);
  });
  expect(missing).toEqual([]);
}

test('the table has an entry for every field of every type, and no other', () => {
  const named = Object.entries(visibility).flatMap(([type, fields]) =>
    Object.keys(fields).map((field) => `${type}.${field}`),
  );
  expect(named.sort()).toEqual(objectFields(schema).sort());
  expect([...new Set(queries.map(({ field }) => field))].sort()).toEqual(
    Object.keys(schema.getQueryType()?.getFields() ?? {}).sort(),
  );
});

describe.each(callerNames)('%s', (caller) => {
  const isForeign = groupOf[caller].includes('foreigner');

  test('sees by every query what the table says, and of another account nothing', async () => {
    const { other, callers } = world;
    const seen = await walk(schema, callers[caller].ask, queries);
    expect([...seen.faults]).toEqual([]);
    await expectNoMore(caller, seen, isForeign ? other.account.id : app.owner.accountId);
    if (!isForeign) await expectNoLess(caller, seen);
    const foreign = isForeign ? ours : theirs;
    const texts = [
      ...Object.values(foreign).flat(),
      isForeign ? 'ours ' : 'theirs ',
      `//${isForeign ? 'ours' : 'theirs'}`,
    ];
    // Who allowed a client of one's account something is told by the subject of their ID tokens, and who published an app that one
    // allowed something by the name of the account, also when they are of another account. Nothing else of them is.
    const answers = seen.texts.join('\n').replaceAll(/"(subject|publisher)":"[^"]*"/g, '');
    expect(texts.filter((text) => answers.includes(text))).toEqual([]);
  }, 120_000);

  test('is shown by what they change nothing that they could not read', async () => {
    const { other, callers } = world;
    const mutations = mutationsFor(caller, makeTarget);
    const seen = await keepingVerified(app, () => walk(schema, callers[caller].ask, mutations));
    expect([...seen.faults]).toEqual([]);
    expect(seen.refusals).toBe(0);
    await expectNoMore(caller, seen, isForeign ? other.account.id : app.owner.accountId);
    const payloads = mutations.map(({ field }) => `${field[0]?.toUpperCase()}${field.slice(1)}Payload.`);
    const reached = [...seen.fields.keys()];
    expect(payloads.filter((payload) => !reached.some((name) => name.startsWith(payload)))).toEqual([]);
  }, 120_000);
});
