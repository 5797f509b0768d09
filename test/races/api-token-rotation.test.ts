// Many who rotate one API token at once, in two processes: one of them gets a new token, and the others are told that it is
// not there any more as they knew it. Two new tokens would be one that nobody knows of.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutate, succeed } from '../clients/mutate.js';
import type { TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { type Processes, startProcesses } from './processes.js';

let processes: Processes;
let app: TestApp;
let asks: Ask[];
beforeAll(async () => {
  processes = await startProcesses();
  [app] = processes.apps;
  asks = await Promise.all(processes.apps.map(async (each) => bearer(each, (await apiTokenOf(each, 'ADMIN')).token)));
});
afterAll(() => processes.close());

const twenty = Array.from({ length: 20 }, (_, index) => index);

async function create(expiresInSeconds: number | null): Promise<string> {
  const expiresAt = expiresInSeconds === null ? null : new Date(app.clock().getTime() + expiresInSeconds * 1000);
  const input = { name: 'Script', role: 'READER', expiresAt };
  return (await succeed(asks[0] as Ask, 'createApiToken', input, 'apiToken { id }')).apiToken.id;
}

const rotations = async (id: string) =>
  (await app.db.auditLogEntry.findMany({ where: { action: 'API_TOKEN_ROTATED' } })).filter(({ changes }) =>
    changes.includes(id),
  ).length;

test.each<[string, number | null, number]>([
  ['that never expires', null, 600],
  ['that is to end at once', null, 0],
  ['that expires after the overlap', 3600, 600],
  ['that expires before the overlap ends, and keeps its end', 60, 600],
])('one of twenty rotates a token %s', async (_name, expiresInSeconds, overlap) => {
  const id = await create(expiresInSeconds);
  const input = { id, previousTokenExpiresInSeconds: overlap };
  const answers = await Promise.all(
    twenty.map((index) => mutate(asks[index % 2] as Ask, 'rotateApiToken', input, 'token apiToken { id }')),
  );
  const made = answers.filter(({ userErrors }) => userErrors.length === 0);
  expect(made).toHaveLength(1);
  for (const { token, apiToken, userErrors } of answers.filter((answer) => answer !== made[0])) {
    expect({ token, apiToken }).toEqual({ token: null, apiToken: null });
    // Depending on whether the other one was through when this one looked.
    expect(userErrors).toMatchObject([{ code: expect.stringMatching(/^NOT_(ALLOWED|FOUND)$/), path: ['id'] }]);
  }
  expect(await rotations(id)).toBe(1);
  expect((await bearer(app, made[0].token)('{ viewer { role } }')).data.viewer).toEqual({ role: 'READER' });
});

test('a token that is revoked while it is rotated is dead, and the new one lives if there is one', async () => {
  for (let round = 0; round < 5; round += 1) {
    const id = await create(null);
    const [rotated, revoked] = await Promise.all([
      mutate(asks[0] as Ask, 'rotateApiToken', { id }, 'token'),
      mutate(asks[1] as Ask, 'revokeApiToken', { id }, 'revokedApiTokenId'),
    ]);
    expect(revoked).toEqual({ revokedApiTokenId: id, userErrors: [] });
    expect((await app.db.apiToken.findUniqueOrThrow({ where: { id } })).revokedAt).not.toBeNull();
    const lives = rotated.token !== null && (await bearer(app, rotated.token)('{ viewer { role } }')).status === 200;
    expect(lives).toBe(rotated.userErrors.length === 0);
  }
});
