// Tokens are signed while what goes with them is stored, and leave only when that is: nobody waits for the one and then for the
// other, and nobody gets tokens whose code or refresh token somebody else has used, or whose successor was lost.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Deps } from '../../src/deps.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { obtainCode, redeem, refresh, registerClient, type TestClient } from '../support/oauth.js';

let app: TestApp;
let client: TestClient;
beforeAll(async () => {
  app = await createTestApp();
  client = await registerClient(app);
});
afterAll(() => app.close());

type Storing = Pick<Deps['hotPaths'], 'redeemCode' | 'rotateRefreshToken'>;

const scope = 'openid offline_access';

/** The two ways to tokens of a member, each up to the request that is answered with them. */
const grants = {
  'a code': async () => {
    const code = await obtainCode(app, client, { scope });
    return () => redeem(app, client, code);
  },
  'a refresh token': async () => {
    const { body } = await redeem(app, client, await obtainCode(app, client, { scope }));
    return () => refresh(app, client, body.refresh_token ?? '');
  },
};

/** Sends while storing is what is made of it. */
async function sendWith<Answer>(send: () => Promise<Answer>, instead: (storing: Storing) => Storing): Promise<Answer> {
  const { hotPaths } = app.deps;
  Object.assign(app.deps, { hotPaths: { ...hotPaths, ...instead(hotPaths) } });
  try {
    return await send();
  } finally {
    Object.assign(app.deps, { hotPaths });
  }
}

test.each(Object.keys(grants) as (keyof typeof grants)[])(
  '%s: what is stored last may wait for what is signed',
  async (grant) => {
    const send = await grants[grant]();
    const { keys } = app.deps;
    let signed = () => {};
    const signatures = new Promise<void>((resolve) => {
      signed = resolve;
    });
    const types: string[] = [];
    Object.assign(app.deps, {
      keys: {
        ...keys,
        sign: async (...parts: Parameters<typeof keys.sign>) => {
          const token = await keys.sign(...parts);
          if (types.push(parts[1]) === 2) signed();
          return token;
        },
      },
    });
    try {
      const answer = await sendWith(send, (storing) => ({
        redeemCode: (...parts) => signatures.then(() => storing.redeemCode(...parts)),
        rotateRefreshToken: (...parts) => signatures.then(() => storing.rotateRefreshToken(...parts)),
      }));
      expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(['access_token', 'id_token', 'refresh_token']));
      expect(types).toEqual(['at+jwt', 'JWT']);
    } finally {
      Object.assign(app.deps, { keys });
    }
  },
);

test.each(Object.keys(grants) as (keyof typeof grants)[])(
  '%s: what cannot be stored gives no tokens',
  async (grant) => {
    const send = await grants[grant]();
    const fail = async () => {
      throw new Error('the disk is full');
    };
    const answer = await sendWith(send, () => ({ redeemCode: fail, rotateRefreshToken: fail }));
    expect([answer.status, Object.keys(answer.body)]).toEqual([500, ['error', 'error_description']]);
    expect((await send()).status).toBe(200);
  },
);

test.each(Object.keys(grants) as (keyof typeof grants)[])(
  '%s: whoever comes second gets no tokens of their own',
  async (grant) => {
    const send = await grants[grant]();
    const answers = await Promise.all([send(), send()]);
    const refreshTokens = new Set(answers.flatMap(({ body }) => body.refresh_token ?? []));
    expect(refreshTokens.size).toBe(1);
  },
);
