// The standard claims about a person and the scopes that open them (OpenID Connect Core 5.1, 5.4), as an operator sets them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import { memberClaimNames, setMemberClaims } from '../../src/members/claims.js';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  anyPkce,
  authorizeUrl,
  claimsOf,
  obtainTokens,
  registerClient,
  signedInBrowser,
  type TestClient,
  userinfo,
} from '../support/oauth.js';

const profile = {
  given_name: 'Grace',
  family_name: 'Hopper',
  middle_name: 'Brewster',
  nickname: 'Amazing Grace',
  preferred_username: 'grace',
  profile: 'https://example.com/grace',
  picture: 'https://example.com/grace.png',
  website: 'https://grace.example.com',
  gender: 'female',
  birthdate: '1906-12-09',
  zoneinfo: 'America/New_York',
  locale: 'en-US',
};
const address = {
  formatted: '1 Main Street\nArlington, VA 22201\nUnited States',
  street_address: '1 Main Street',
  locality: 'Arlington',
  region: 'VA',
  postal_code: '22201',
  country: 'United States',
};
const phone = { phone_number: '+17035550123', phone_number_verified: true };

let app: TestApp;
let client: TestClient;
let member: { id: string; email: string; password: string };
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app, { scopes: ['openid', 'profile', 'email', 'address', 'phone'] });
  member = await app.addMember('READER');
  await set({ ...profile, address, ...phone });
});
afterAll(() => app.close());

const set = (claims: Record<string, unknown>) => setMemberClaims(app.deps, operatorActor, member.email, claims);

async function told(scope: string) {
  const { accessToken, idToken } = await obtainTokens(app, client, { scope }, await signedInBrowser(app, member));
  const { sub, ...claims } = (await userinfo(app, accessToken)).body;
  expect(sub).toBe(claimsOf(idToken).sub);
  return claims;
}

test.each<[string, object]>([
  ['profile', { ...profile, name: 'The READER', updated_at: expect.any(Number) }],
  ['email', { email: expect.any(String), email_verified: true }],
  ['address', { address }],
  ['phone', phone],
])('the scope %s opens its claims and no others (Core 5.4, oidcc-scope-%s)', async (scope, claims) => {
  expect(await told(`openid ${scope}`)).toEqual(claims);
});

test('all scopes together open all of them (Core 5.4, oidcc-scope-all)', async () => {
  const all = await told('openid profile email address phone');
  expect(Object.keys(all)).toEqual(expect.arrayContaining(memberClaimNames));
});

test('they are named in discovery (Discovery 3)', async () => {
  const document = await (await app.request('/.well-known/openid-configuration')).json();
  expect(document.claims_supported).toEqual(expect.arrayContaining([...memberClaimNames]));
  expect(document.scopes_supported).toEqual(expect.arrayContaining(['address', 'phone']));
});

test('the consent page says what the scopes open, in plain words', async () => {
  const browser = await signedInBrowser(app, await app.addMember('WRITER'));
  const page = await browser.visit(authorizeUrl(client, { ...anyPkce, scope: 'openid address phone' }));
  for (const words of ['See your postal address', 'See your phone number']) expect(page.html).toContain(words);
});

test('one may be asked for by name, also for the ID token (Core 5.5)', async () => {
  const claims = JSON.stringify({ id_token: { phone_number: null, address: { essential: true } } });
  const browser = await signedInBrowser(app, member);
  const { idToken } = await obtainTokens(app, client, { scope: 'openid', claims }, browser);
  expect(claimsOf(idToken)).toMatchObject({ phone_number: phone.phone_number, address });
  expect(claimsOf(idToken).given_name).toBeUndefined();
});

test('a member of whom nothing is known has none of them (Core 5.3.2)', async () => {
  const { accessToken } = await obtainTokens(app, client, { scope: 'openid address phone' });
  expect(Object.keys((await userinfo(app, accessToken)).body)).toEqual(['sub']);
});

describe('setting them', () => {
  test('leaves what is not named, takes away what is null, and is told at once', async () => {
    const { accessToken } = await obtainTokens(
      app,
      client,
      { scope: 'openid profile' },
      await signedInBrowser(app, member),
    );
    await set({ nickname: null, locale: 'fr' });
    const { body } = await userinfo(app, accessToken);
    expect(body).toMatchObject({ given_name: 'Grace', locale: 'fr' });
    expect(body.nickname).toBeUndefined();
    await set({ nickname: profile.nickname, locale: profile.locale });
  });

  test('a new phone number has not been verified (Core 5.1)', async () => {
    await set({ phone_number: '+4930123456;ext=12' });
    expect(await told('openid phone')).toEqual({ phone_number: '+4930123456;ext=12', phone_number_verified: false });
    await set(phone);
  });

  test('stands in the audit log by name, without what was set', async () => {
    await set({ website: 'https://new.example.com' });
    const row = await app.db.auditLogEntry.findFirstOrThrow({
      where: { action: 'MEMBER_CLAIMS_SET' },
      orderBy: { id: 'desc' },
    });
    expect([row.targetId, row.actorKind]).toEqual([member.id, 'OPERATOR']);
    expect(row.changes).toContain('website');
    expect(row.changes).not.toContain('new.example.com');
  });

  test('everything that is wrong is said at once, and nothing is changed', async () => {
    const before = await told('openid profile');
    const faults = await set({ birthdate: '1906-02-30', locale: 'no language', given_name: 'Other' }).catch((e) => e);
    expect(faults.issues.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'claims.birthdate',
      'claims.locale',
    ]);
    expect((await told('openid profile')).given_name).toBe(before.given_name);
  });

  test.each<[string, unknown]>([
    ['given_name', ''],
    ['given_name', 'a'.repeat(101)],
    ['nickname', 'evil\u202Egnp'],
    ['picture', 'http://example.com/p.png'],
    ['website', 'javascript:alert(1)'],
    ['birthdate', '09.12.1906'],
    ['birthdate', '0000-02-30'],
    ['zoneinfo', 'Mars/Olympus'],
    ['zoneinfo', '+01:00'],
    ['phone_number', '0703 555'],
    ['phone_number', '+1703555012345678'],
    ['phone_number_verified', 'true'],
    ['address', 'a text'],
    ['address', { planet: 'Mars' }],
    ['address', { formatted: 'x'.repeat(501) }],
    ['sub', 'mem_other'],
    ['email', 'other@example.com'],
    ['__proto__x', 1],
  ])('%s cannot be %j', async (name, value) => {
    await expect(set({ [name]: value })).rejects.toThrow();
  });

  test.each<[string, unknown]>([
    ['birthdate', '0000-02-29'],
    ['birthdate', '1906'],
    ['zoneinfo', 'Europe/Paris'],
    ['locale', 'zh-Hant-TW'],
    ['address', { country: 'DE' }],
  ])('%s can be %j (Core 5.1)', async (name, value) => {
    expect(await set({ [name]: value })).toMatchObject({ [name]: value });
  });

  test('a verified number needs a number', async () => {
    const alone = setMemberClaims(app.deps, operatorActor, app.owner.email, { phone_number_verified: true });
    await expect(alone).rejects.toThrow('phone_number');
  });

  test('an unknown member is NOT_FOUND', async () => {
    await expect(setMemberClaims(app.deps, operatorActor, 'nobody@example.com', {})).rejects.toThrow('no member');
  });
});
