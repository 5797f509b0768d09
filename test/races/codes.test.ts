// Fifty at once on one authorization code: one redemption, whatever the database (known attacks GHSA-7w99-5wm4-3g79, CVE-2026-47386).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import {
  createPkce,
  obtainCode,
  redeem,
  refresh,
  registerClient,
  type TestClient,
  type TokenAnswer,
  userinfo,
} from '../support/oauth.js';

let app: TestApp;
let publicClient: TestClient;
let confidential: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  publicClient = await registerClient(app, { type: 'PUBLIC' });
  confidential = await registerClient(app);
});
afterAll(() => app.close());

const fifty = Array.from({ length: 50 }, (_, index) => index);

function tally(answers: readonly TokenAnswer[]) {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status === 200 ? '200' : `${status} ${body.error}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test.each(['a public client', 'a confidential client'])(
  'of %s: one 200, and the replays revoke its family (GHSA-7w99-5wm4-3g79, CVE-2026-47386)',
  async (kind) => {
    const client = kind === 'a public client' ? publicClient : confidential;
    for (let round = 0; round < 3; round += 1) {
      const granted = await obtainCode(app, client);
      const answers = await Promise.all(fifty.map(() => redeem(app, client, granted)));
      expect(tally(answers)).toEqual({ '200': 1, '400 invalid_grant': 49 });
      const winner = answers.find(({ status }) => status === 200)?.body;
      // Whoever replays with all that redemption takes may have stolen it: nothing of it lives on, not even the winner's.
      expect((await userinfo(app, winner?.access_token ?? '')).status).toBe(401);
      expect((await refresh(app, client, winner?.refresh_token ?? '')).body.error).toBe('invalid_grant');
    }
    const where = { action: 'TOKENS_REVOKED_AFTER_REPLAY', targetId: client.id };
    expect(await app.db.auditLogEntry.count({ where })).toBe(3);
  },
);

test('wrong verifiers among the right ones leave at most one 200, and never two', async () => {
  for (let round = 0; round < 3; round += 1) {
    const granted = await obtainCode(app, publicClient);
    const wrong = createPkce().verifier;
    const answers = await Promise.all(
      fifty.map((index) => redeem(app, publicClient, granted, index % 2 === 0 ? {} : { code_verifier: wrong })),
    );
    const counts = tally(answers);
    expect(counts['200'] ?? 0).toBeLessThanOrEqual(1);
    expect((counts['200'] ?? 0) + (counts['400 invalid_grant'] ?? 0)).toBe(50);
  }
});

test('of other clients: all fifty are refused, and the code is still good', async () => {
  const granted = await obtainCode(app, confidential);
  const answers = await Promise.all(fifty.map(() => redeem(app, publicClient, granted)));
  expect(tally(answers)).toEqual({ '400 invalid_grant': 50 });
  const { status, body } = await redeem(app, confidential, granted);
  expect(status).toBe(200);
  expect((await userinfo(app, body.access_token ?? '')).status).toBe(200);
});
