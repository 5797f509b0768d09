// Cursors that nobody of ours made: refused as bad input, never a fault of ours and never more than one's own rows.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
let validCursor: string;
let ownIds: string[];
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  for (const name of ['a', 'b', 'c']) await registerClient(app, { name });
  ownIds = (await app.db.oAuthClient.findMany()).map(({ id }) => id);
  const { data } = await ask('{ oauthClients(first: 1) { pageInfo { endCursor } } }');
  validCursor = data.oauthClients.pageInfo.endCursor;
});
afterAll(() => app.close());

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function expectRefused(name: 'after' | 'before', cursor: string) {
  const { status, data, errors } = await ask(
    `query ($cursor: String) { oauthClients(${name}: $cursor) { nodes { id } } }`,
    {
      cursor,
    },
  );
  expect(status).toBe(200);
  expect(data).toEqual({ oauthClients: null });
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
}

test.each([
  '',
  'x',
  '=',
  'cli_01KT1GW6G03F8DB8DKPWE8E6Y9',
  base64('GPC'),
  base64('GPC:'),
  base64('GPC:S:'),
  base64('GPC:S:nonsense'),
  base64('GPC:S:mem_01KT1GW6G03F8DB8DKPWE8E6Y9'),
  base64('GPC:S:cli_01KT1GW6G03F8DB8DKPWE8E6Y9\u0000'),
  base64("GPC:S:' OR 1=1 --"),
  base64('GPC:N:5'),
  base64('GPC:N:NaN'),
  base64('GPC:I:12'),
  base64('GPC:D:0'),
  base64('GPC:D:2020-01-01'),
  base64('GPC:J:[1]'),
  base64('GPC:J:{"not":"cli_01KT1GW6G03F8DB8DKPWE8E6Y9"}'),
  base64('GPC:J:{"contains":""}'),
  base64('GPC:J:null'),
])('%j is refused on either side', async (cursor) => {
  await expectRefused('after', cursor);
  await expectRefused('before', cursor);
});

/** Texts of many kinds, and such as look like a cursor to whoever decodes them. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.base64String(),
  fc.string({ unit: 'binary' }).map((text) => base64(`GPC:S:${text}`)),
  fc
    .tuple(fc.constantFrom('S', 'N', 'D', 'J', 'I', 'T', 'B', 'x'), fc.string())
    .map(([tag, text]) => base64(`GPC:${tag}:${text}`)),
  fc.json().map((json) => base64(`GPC:J:${json}`)),
);

test('no text at all breaks the list', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('after', 'before'), texts, async (name, text) => {
      await expectRefused(name as 'after', text);
    }),
    { numRuns: 150 },
  );
});

test('a cursor with another id gives a page of one’s own rows all the same', async () => {
  const other = await app.addAccount();
  await app.db.oAuthClient.updateMany({
    where: { name: 'c' },
    data: { accountId: other.account.id, createdById: null },
  });
  const [foreign] = await app.db.oAuthClient.findMany({ where: { name: 'c' } });
  for (const id of [foreign?.id, 'cli_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'cli_00000000000000000000000000']) {
    const { data, errors } = await ask('query ($after: String) { oauthClients(after: $after) { nodes { id } } }', {
      after: base64(`GPC:S:${id}`),
    });
    expect(errors).toBeUndefined();
    for (const node of data.oauthClients.nodes) expect(ownIds.filter((own) => own !== foreign?.id)).toContain(node.id);
  }
  expect(validCursor).toBe(base64(`GPC:S:${foreign?.id}`));
});
