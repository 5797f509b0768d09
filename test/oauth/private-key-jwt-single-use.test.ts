// Assertions are used once, whatever process they come to; refusals are recorded; nothing of an assertion is kept or logged.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  claimsFor,
  keySet,
  makeKey,
  present,
  registerSigningClient,
  seconds,
  sign,
  type TestKey,
} from '../support/assertions.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  claimsOf,
  obtainCode,
  redirectUri,
  registerClient,
  type TestClient,
  type TokenAnswer,
  token,
} from '../support/oauth.js';

let database: TestDatabase;
let app: TestApp;
let key: TestKey;
let rsa: TestKey;
let client: TestClient;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database });
  [key, rsa] = await Promise.all([makeKey('ES256'), makeKey('RS256')]);
  client = await registerSigningClient(app, { jwks: keySet(key, rsa) });
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** An assertion that is right save for what is given. */
const assertion = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key) =>
  sign(by, { ...claimsFor(app, client), ...claims }, header);

const outcome = ({ status, body }: TokenAnswer) => [status, body.error];
const refused = [401, 'invalid_client'];
const refusals = () =>
  app.db.auditLogEntry.count({ where: { action: 'CLIENT_AUTHENTICATION_REFUSED', targetId: client.id } });

describe('single use (CVE-2020-5300)', () => {
  test('the second time is refused, and says why', async () => {
    const text = await assertion();
    expect((await present(app, text)).status).toBe(200);
    const again = await present(app, text);
    expect(outcome(again)).toEqual(refused);
    expect(again.body.error_description).toContain('used before');
    const { jti } = claimsOf(text);
    // Another signature, another expiry: the jti alone counts.
    expect(outcome(await present(app, await assertion({ jti, exp: seconds(app) + 300 })))).toEqual(refused);
    expect(outcome(await present(app, await assertion({ jti }, {}, rsa)))).toEqual(refused);
  });

  test('another client may use the same jti', async () => {
    const other = await registerSigningClient(app, { jwks: keySet(key) });
    const jti = 'the same';
    expect((await present(app, await assertion({ jti }))).status).toBe(200);
    expect((await present(app, await sign(key, { ...claimsFor(app, other), jti }))).status).toBe(200);
  });

  test('twenty at once over two processes: one success', async () => {
    const other = await openDatabase(database.url);
    const second = await createTestApp({ database: { ...database, db: other.db } });
    for (let round = 0; round < 3; round += 1) {
      const text = await assertion();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => present(index % 2 === 0 ? app : second, text)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status !== 200).map(outcome)).toEqual(Array(19).fill(refused));
    }
    await second.close();
    await other.close();
  });

  test('an assertion that was refused for its claims or signature is not used up', async () => {
    const jti = 'still unused';
    await present(app, await assertion({ jti, aud: 'https://id.example.com' }));
    await present(app, await assertion({ jti }, {}, await makeKey('ES256')));
    expect((await present(app, await assertion({ jti }))).status).toBe(200);
  });

  test('what remembers it goes when it could not be used any more, and not before', async () => {
    const fresh = await registerSigningClient(app, { jwks: keySet(key) });
    const text = await sign(key, { ...claimsFor(app, fresh), exp: seconds(app) + 600 });
    expect((await present(app, text)).status).toBe(200);
    for (const step of [0, 600, 59]) {
      app.clock.advance(step);
      await tidy(app.deps);
      expect(outcome(await present(app, text))).toEqual(refused);
    }
    app.clock.advance(180);
    await tidy(app.deps);
    expect(await app.db.assertionReplay.count()).toBe(0);
    const answer = await present(app, text);
    expect(answer.body.error_description).toContain('expired');
  });
});

test('refusals of a known client are in the audit log, counted by the minute; others are not', async () => {
  app.clock.advance(120);
  const before = await refusals();
  for (let round = 0; round < 3; round += 1) await present(app, await assertion({}, {}, await makeKey('ES256')));
  expect(await refusals()).toBe(before + 1);
  await present(app, await assertion({ iss: 'unknown', sub: 'unknown' }));
  const { clientId } = await registerClient(app);
  const total = await app.db.auditLogEntry.count();
  await present(app, await assertion({ iss: clientId, sub: clientId }));
  expect(await app.db.auditLogEntry.count()).toBe(total);
});

test('a code and a refresh token are redeemed with assertions', async () => {
  const signing = await registerClient(app, { tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwks: keySet(key) });
  expect(signing.secret).toBe('');
  const { code, verifier } = await obtainCode(app, signing, { scope: 'openid offline_access' });
  const redemption = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const unsigned = await token(app, null, { ...redemption, client_id: signing.clientId });
  expect(outcome(unsigned)).toEqual(refused);
  const { status, body } = await present(app, await sign(key, claimsFor(app, signing)), redemption);
  expect(status).toBe(200);
  const refreshing = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' };
  expect((await present(app, await sign(key, claimsFor(app, signing)), refreshing)).status).toBe(200);
});

test('no assertion is in the log or the database', async () => {
  const texts = [
    await assertion(),
    await assertion({ aud: 'https://id.example.com' }),
    await assertion({}, { kid: 'x' }),
  ];
  for (const text of texts) await present(app, text);
  await present(app, texts[0] ?? '');
  const log = app.logLines.join('');
  expect(log).toContain('replayed assertion');
  const rows = JSON.stringify([await app.db.assertionReplay.findMany(), await app.db.auditLogEntry.findMany()]);
  for (const text of texts) {
    const { jti } = claimsOf(text);
    for (const secret of [text, ...text.split('.').slice(1), String(jti)]) {
      expect(log).not.toContain(secret);
      expect(rows).not.toContain(secret);
    }
  }
});
