// Runs docs/graphql.md from top to bottom as its reader would, and holds the page to what there is: answers, fields, codes, limits.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, type OperationDefinitionNode, parse, print, separateOperations } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorActor } from '../../src/audit/service.js';
import type { ErrorCode } from '../../src/graphql/errors.js';
import { setOwner } from '../../src/members/ownership.js';
import { createTestApp, memberPassword, type TestApp } from '../support/app.js';
import { type Answer, type Ask, anonymous, apiTokenOf, bearer, signedIn } from '../support/graphql.js';
import { linkTo } from '../support/mail.js';
import { newBrowser, obtainCode, redeem, type TestClient, token } from '../support/oauth.js';
import { blocksOf, expectAsShown, Names, recipesOf } from './recipes.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/graphql.md'), 'utf8');
const recipes = recipesOf(page);
const names = new Names();

let app: TestApp;
let owner: Ask;
beforeAll(async () => {
  app = await createTestApp();
  // Stands for whatever a reader's logo address leads to.
  const bytes = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  Object.assign(app.deps, { outbound: { get: async () => ({ contentType: 'image/png', bytes }) } });
  owner = await signedIn(app, app.owner);
});
afterAll(() => app.close());

/** The shop's own server with one of its secrets. */
const shopWith = (secret: string): TestClient => ({
  id: names.valueOf('cli_…shop'),
  clientId: names.valueOf('…shop'),
  secret: names.valueOf(secret),
});

/** Authenticates, which is a use, though the token is none. */
const use = async (secret: string) => {
  await token(app, shopWith(secret), { grant_type: 'refresh_token', refresh_token: 'none' });
  await app.deps.lastUsed.flush();
};

/** What happens on the page between one operation and the next: here before the one that is named. */
const meanwhile: Record<string, () => Promise<void>> = {
  RotateSecret: () => use('lks_…first'),
  async CheckSecrets() {
    app.clock.advance(3600);
    await use('lks_…second');
  },
  async UpdateMemberRole() {
    const browser = newBrowser(app);
    const page = await browser.visit(await linkTo(app, 'grace@example.com'));
    const joined = await browser.submit(page, { name: 'Grace Hopper', password: memberPassword });
    expect(joined.url.pathname).toBe('/me');
  },
  async ConnectedAppsOfMember() {
    const redirectUri = 'https://shop.example.com/callback';
    await obtainCode(app, shopWith('lks_…second'), { redirect_uri: redirectUri });
    await app.deps.lastUsed.flush();
  },
  async SessionsOfMember() {
    await signedIn(app, app.owner);
    const { id } = await app.db.session.findFirstOrThrow({
      where: { memberId: app.owner.id, endedAt: null },
      orderBy: { id: 'desc' },
    });
    names.meet('ses_…there', id, 'the other session');
  },
  async TransferOwnership() {
    owner = await signedIn(app, app.owner);
  },
  RemoveMember: () => setOwner(app.deps, operatorActor, app.owner.id),
  async RevokeTokensOfClient() {
    const redirectUri = 'https://shop.example.com/callback';
    const shop = shopWith('lks_…second');
    const { status } = await redeem(app, shop, await obtainCode(app, shop, { redirect_uri: redirectUri }), {
      redirect_uri: redirectUri,
    });
    expect(status).toBe(200);
  },
};

describe('every document runs, and answers as the page shows', () => {
  test.each(recipes.map((recipe) => [recipe.line, recipe] as const))('line %i', async (_line, recipe) => {
    const operations = Object.entries(separateOperations(parse(names.fillInDocument(recipe.document))));
    for (const [index, [name, operation]] of operations.entries()) {
      await meanwhile[name]?.();
      const answer: Answer & { extensions?: unknown } = await owner(print(operation), names.fillIn(recipe.variables));
      const { data, errors, extensions } = answer;
      const isLast = index === operations.length - 1;
      if (recipe.shown && isLast) {
        const withExtensions = recipe.shown.extensions === undefined ? {} : { extensions };
        expectAsShown({ ...(errors ? { errors } : {}), data, ...withExtensions }, recipe.shown, names);
        continue;
      }
      expect(errors).toBeUndefined();
      for (const [field, value] of Object.entries<{ userErrors?: unknown } | null>(data)) {
        expect(value, field).not.toBeNull();
        if (print(operation).startsWith('mutation')) expect(value?.userErrors, field).toEqual([]);
      }
    }
  });

  test('also the one that goes over curl', async () => {
    const command = blocksOf(page).find(({ text }) => text.includes('/graphql -H'))?.text ?? '';
    expect(command).toContain('Authorization: Bearer $TOKEN');
    const { query, variables } = JSON.parse(/--data '(.+)'/.exec(command)?.[1] ?? '');
    const { data, errors } = await bearer(app, (await apiTokenOf(app, 'ADMIN')).token)(query, variables);
    expect(errors).toBeUndefined();
    expect(data.oauthClients.totalCount).toBe(3);
  });
});

describe('the page has everything', () => {
  test('each field of Query and Mutation is in a document', async () => {
    const { data } = await owner('{ __schema { queryType { fields { name } } mutationType { fields { name } } } }');
    const { queryType, mutationType } = data.__schema;
    const fields = [...queryType.fields, ...mutationType.fields].map(({ name }: { name: string }) => name);
    const shown = recipes
      .flatMap(({ document }) => parse(document).definitions as readonly OperationDefinitionNode[])
      .flatMap(({ selectionSet }) => selectionSet.selections)
      .map((field) => (field.kind === Kind.FIELD ? field.name.value : ''));
    expect(fields.filter((name) => !shown.includes(name))).toEqual([]);
  });

  test('each code of an error is in a table', async () => {
    const { data } = await owner('{ __type(name: "UserErrorCode") { enumValues { name } } }');
    const topLevel = {
      UNAUTHENTICATED: true,
      FORBIDDEN: true,
      RATE_LIMITED: true,
      BAD_USER_INPUT: true,
      QUERY_TOO_LARGE: true,
      SERVICE_UNAVAILABLE: true,
      INTERNAL_SERVER_ERROR: true,
    } satisfies Record<ErrorCode, true>;
    const codes = [...data.__type.enumValues.map(({ name }: { name: string }) => name), ...Object.keys(topLevel)];
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(codes.filter((code) => !rows.some((row) => row.includes(`\`${code}\``)))).toEqual([]);
  });

  test('each field that takes an idempotency key is named where that is told', async () => {
    const { data } = await owner('{ __schema { types { name inputFields { name } } } }');
    const section = page.slice(page.indexOf('## Retry safely'), page.indexOf('## Anything by its id'));
    const inputs = data.__schema.types.filter((type: { inputFields: { name: string }[] | null }) =>
      type.inputFields?.some(({ name }) => name === 'idempotencyKey'),
    );
    expect(inputs.length).toBeGreaterThan(2);
    for (const { name } of inputs as { name: string }[]) {
      const mutation = name.replace(/^./, (letter) => letter.toLowerCase()).replace(/Input$/, '');
      expect(section).toContain(`\`${mutation}\``);
    }
  });
});

describe('the limits are those that are enforced', () => {
  const times = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index)).join(' ');

  /** An operation that is refused for one reason alone. */
  const excessive: [string, string][] = [
    ['tokens', `{ nodes(ids: [${times(1001, () => '""')}]) { id } }`],
    ['fields', `{ viewer { ${times(401, () => 'role')} } }`],
    ['aliases', `{ ${times(31, (index) => `a${index}: __typename`)} }`],
    ['levels', `{ __type(name: "Query") ${times(20, () => '{ ofType')} { name } ${times(20, () => '}')} }`],
    ['directives', `{ __typename ${times(21, () => '@skip(if: false)')} }`],
    ['breadth', `{ viewer { ${times(130, () => 'role')} } }`],
    [
      'complexity',
      `{ oauthClients(first: 100) { nodes { ${times(11, (index) => `a${index}: secrets { id hint }`)} } } }`,
    ],
  ];

  test.each(excessive)('%s', async (what, query) => {
    const { errors } = await anonymous(app)(query);
    const message = errors?.[0]?.message ?? '';
    const enforced = /(?:more \w+ than|, and) (\d+)/.exec(message)?.[1];
    expect(message).toContain(what);
    expect(page).toContain(`| ${what} | ${enforced} |`);
  });

  test('depth, which nothing in the schema reaches', () => {
    const [, depth] = /\bdepth: (\d+)/.exec(readFileSync(join(root, 'src/api/cost.ts'), 'utf8')) ?? [];
    expect(page).toContain(`| depth | ${depth} |`);
  });
});

test('every link leads somewhere, within the page too', () => {
  const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  const targets = [...page.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);
  expect(targets.length).toBeGreaterThan(10);
  const isThere = (target: string) =>
    target.startsWith('#') ? anchors.includes(target.slice(1)) : existsSync(join(root, 'docs', target));
  expect(targets.filter((target) => !isThere(target))).toEqual([]);
});
