// Known attack 6 (CVE-2026-41427): an operation that skips the check which its neighbours make. Creating demands what changing
// demands, and a token that a member makes for themselves never does more than they may at the moment.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { dumpLasting } from '../support/dump.js';
import { type Ask, bearer, signedIn } from '../support/graphql.js';
import { operationOf, outcomeOf, rootFields } from './authorization-table.js';
import type { Group } from './callers.js';
import { targetsOf } from './targets.js';

let app: TestApp;
let makeTarget: Awaited<ReturnType<typeof targetsOf>>;
beforeAll(async () => {
  app = await createTestApp();
  makeTarget = await targetsOf(app);
});
afterAll(() => app.close());

describe('known attack 6: what belongs together demands the same', () => {
  const mutations = Object.keys(rootFields).filter((name) => name.startsWith('Mutation.'));
  const allowed = (name: string) =>
    Object.entries(rootFields[name]?.expected ?? {})
      .filter(
        ([group, outcome]) => !group.includes('foreigner') && outcome !== 'FORBIDDEN' && outcome !== 'UNAUTHENTICATED',
      )
      .map(([group]) => group);

  test.each([
    ['of an OAuth client', /OAuthClient(Tokens)?$/, ['admin', 'OAuth token of an admin']],
    ['of a client secret', /OAuthClientSecret$/, ['admin']],
    ['of an API resource', /ApiResource$/, ['admin']],
    ['of an API token', /ApiToken$/, ['member', 'admin']],
    ['of a member', /(Member|Invitation|MemberRole)$/, ['admin']],
  ])('every mutation %s', (_what, pattern, groups) => {
    const names = mutations.filter((name) => pattern.test(name));
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect([name, allowed(name)]).toEqual([name, groups]);
  });

  test('no mutation is left out of this', () => {
    const told = /(OAuthClient(Tokens|Secret)?|ApiToken|ApiResource|Member|Invitation|MemberRole)$/;
    expect(mutations.filter((name) => !told.test(name))).toEqual([
      // Which has no other like it: the table says that no OAuth token does it.
      'Mutation.updateAccount',
      // Which the owner alone has: test/members/ownership.test.ts.
      'Mutation.transferOwnership',
      // What everybody may end of their own, and an admin of others: the table has the others'.
      ...['revokeConsent', 'revokeSession', 'revokeOtherSessions'].map((name) => `Mutation.${name}`),
      // What everybody does to themselves, and nobody to anybody else: the table says in what browser.
      ...['sendEmailVerification', 'requestEmailChange', 'cancelEmailChange', 'exportMyData', 'deleteMyself'].map(
        (name) => `Mutation.${name}`,
      ),
    ]);
  });
});

const create = (ask: Ask, input: Record<string, unknown>) =>
  ask(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { token replayed userErrors { code path } } }',
    { input: { name: 'A token', ...input } },
  );

async function tokenOf(ask: Ask, role: string): Promise<Ask> {
  const { data } = await create(ask, { role });
  expect(data.createApiToken.userErrors).toEqual([]);
  return bearer(app, data.createApiToken.token);
}

/** Tries every field of the matrix. */
async function expectGroup(ask: Ask, group: Group) {
  const outcomes: Record<string, string> = {};
  for (const [name, root] of Object.entries(rootFields)) {
    const id = root.target && (await makeTarget[root.target]()).id;
    const before = name.startsWith('Mutation.') ? await dumpLasting(app) : null;
    const answer = await ask(operationOf(name, root, root.select), { id });
    outcomes[name] = outcomeOf(answer, name, id);
    if (before && outcomes[name] !== 'OK') expect(await dumpLasting(app)).toEqual(before);
  }
  expect(outcomes).toEqual(
    Object.fromEntries(Object.entries(rootFields).map(([name, root]) => [name, root.expected[group]])),
  );
}

describe('known attack 6: a token that a member makes', () => {
  test.each(['READER', 'WRITER'] as const)('as a %s does what a member’s token does, and no more', async (role) => {
    const ask = await signedIn(app, await app.addMember(role, `${role.toLowerCase()}-maker@example.com`));
    const before = await dumpLasting(app);
    const refused = [
      [{ role: 'ADMIN' }, [{ code: 'NOT_ALLOWED', path: ['role'] }]],
      [{ role: 'OWNER' }, [{ code: 'INVALID', path: ['role'] }]],
      [{ role, isService: true }, [{ code: 'NOT_ALLOWED', path: ['isService'] }]],
      [
        { role: 'ADMIN', isService: true },
        [
          { code: 'NOT_ALLOWED', path: ['role'] },
          { code: 'NOT_ALLOWED', path: ['isService'] },
        ],
      ],
      ...(role === 'READER' ? [[{ role: 'WRITER' }, [{ code: 'NOT_ALLOWED', path: ['role'] }]] as const] : []),
    ] as const;
    for (const [input, userErrors] of refused) {
      const { data } = await create(ask, input);
      expect(data.createApiToken).toEqual({ token: null, replayed: false, userErrors });
    }
    expect(await dumpLasting(app)).toEqual(before);
    await expectGroup(await tokenOf(ask, role), 'token of a member');
  });

  test('as an ADMIN loses with its owner’s role what it could do, and an old one gains nothing with a new role', async () => {
    const person = await app.addMember('ADMIN', 'changing@example.com');
    const session = await signedIn(app, person);
    const asAdmin = await tokenOf(session, 'ADMIN');
    const asReader = await tokenOf(session, 'READER');
    await expectGroup(asAdmin, 'admin');
    await expectGroup(asReader, 'token of a member');
    await app.db.member.update({ where: { id: person.id }, data: { role: 'READER' } });
    await expectGroup(asAdmin, 'token of a member');
    await expectGroup(session, 'member');
    await app.db.member.update({ where: { id: person.id }, data: { role: 'ADMIN' } });
    await expectGroup(asReader, 'token of a member');
  });

  test('that is itself made with a token of role ADMIN is never more than that', async () => {
    const admin = await tokenOf(await signedIn(app, app.owner), 'ADMIN');
    const { data } = await create(admin, { role: 'OWNER' });
    expect(data.createApiToken).toMatchObject({ token: null, userErrors: [{ code: 'INVALID', path: ['role'] }] });
    await expectGroup(await tokenOf(admin, 'READER'), 'token of a member');
    await expectGroup(await tokenOf(admin, 'ADMIN'), 'admin');
  });
});

describe('known attack 6: an idempotency key', () => {
  const idempotencyKey = 'the very same key';
  const input = { name: 'App', redirectUris: ['https://app.example.com/'], idempotencyKey };
  const register = (ask: Ask) =>
    ask(
      `mutation ($input: CreateOAuthClientInput!) {
        createOAuthClient(input: $input) { oauthClient { id } clientSecret replayed userErrors { code } }
      }`,
      { input },
    );

  test('opens to nobody what they may not create, and shows nobody what another made under it', async () => {
    const person = await app.addMember('ADMIN', 'key@example.com');
    const session = await signedIn(app, person);
    const { data } = await register(session);
    const made = data.createOAuthClient;
    expect(made).toMatchObject({ replayed: false, userErrors: [] });
    expect((await register(session)).data.createOAuthClient).toEqual({ ...made, clientSecret: null, replayed: true });

    const others = [await signedIn(app, app.owner), await signedIn(app, (await app.addAccount()).owner)];
    for (const other of others) {
      const theirs = (await register(other)).data.createOAuthClient;
      expect(theirs).toMatchObject({ replayed: false, userErrors: [] });
      expect(theirs.oauthClient.id).not.toBe(made.oauthClient.id);
    }
    await app.db.member.update({ where: { id: person.id }, data: { role: 'WRITER' } });
    const refused = await register(session);
    expect(refused.data).toEqual({ createOAuthClient: null });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});
