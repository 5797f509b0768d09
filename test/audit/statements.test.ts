// The number of SQL statements that a page of the audit log costs does not grow with its length.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordAudit } from '../../src/audit/service.js';
import { actorOfMember } from '../../src/members/service.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { type Ask, apiTokenOf, bearer } from '../support/graphql.js';
import { registerClient } from '../support/oauth.js';

let app: TestApp;
let ask: Ask;
beforeAll(async () => {
  app = await createTestApp();
  ask = bearer(app, (await apiTokenOf(app, 'ADMIN')).token);
  const people = [app.owner, await app.addMember('ADMIN'), await app.addMember('READER')];
  // Each entry has an actor, a client and a target of its own, in turn of every kind that there is.
  for (let index = 0; index < 50; index += 1) {
    const person = people[index % people.length] ?? app.owner;
    const client = await registerClient(app, { name: `Client ${index}` });
    const token = await apiTokenOf(app, 'READER', person);
    const member = actorOfMember(person, { ipAddress: '192.0.2.1', userAgent: 'a browser' });
    const actors = [
      { ...member, viaClientId: client.id },
      { ...member, kind: 'API_TOKEN' as const, id: token.id, label: 'a token' },
      { ...member, kind: 'OAUTH_CLIENT' as const, id: client.id, label: 'a client' },
    ];
    const targets = [client.id, token.id, person.id, app.owner.accountId];
    for (const [place, actor] of actors.entries()) {
      const targetId = targets[(index * actors.length + place) % targets.length] ?? '';
      await app.db.$transaction((tx) =>
        recordAudit(tx, app.deps, actor, {
          action: 'OAUTH_CLIENT_UPDATED',
          targetId,
          targetLabel: 'a target',
          changes: [{ field: 'name', before: 'a', after: 'b' }],
        }),
      );
    }
  }
});
afterAll(() => app.close());

const client = 'clientId name secrets { hint createdBy { email } } createdBy { email } account { id owner { email } }';
const token = 'name hint owner { email role }';
const queries = {
  'with its own fields': 'nodes { id action actorLabel targetLabel changes { field before after } occurredAt count }',
  'with who and what': `nodes {
    actor { __typename ... on Member { email } ... on ApiToken { name } ... on OAuthClient { name } }
    viaClient { name }
    target { id ... on Member { email } ... on ApiToken { name } ... on OAuthClient { name } ... on Account { name } }
  }`,
  'with all that these lead to': `edges { cursor node {
    id action actorKind actorLabel changes { field before after } ipAddress userAgent occurredAt count
    actor { ... on Member { email memberName: name } ... on ApiToken { ${token} } ... on OAuthClient { ${client} } }
    viaClient { ${client} }
    target {
      ... on Member { email memberName: name } ... on ApiToken { ${token} } ... on OAuthClient { ${client} }
      ... on Account { name owner { email } }
    }
  } }`,
  'with everything twice': `nodes {
    one: actor { ... on ApiToken { owner { email } } ... on OAuthClient { createdBy { name } } }
    other: actor { ... on ApiToken { name owner { name } } ... on OAuthClient { secrets { id } } }
    target { ... on OAuthClient { secrets { hint } } } again: target { ... on OAuthClient { createdBy { email } } }
  }`,
};

test.each(Object.entries(queries))('fifty entries %s cost as many statements as five', async (_name, selection) => {
  const count = async (first: number) => {
    // What is written now and then is no part of it.
    await app.beginCounting();
    const { data, errors } = await ask(
      `{ auditLog(first: ${first}, filter: { actions: [OAUTH_CLIENT_UPDATED] }) { ${selection} } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.auditLog.nodes ?? data.auditLog.edges).toHaveLength(first);
    return app.statements.length;
  };
  // The first time may load what later ones need not.
  await count(5);
  const forFive = await count(5);
  expect(await count(50)).toBe(forFive);
  expect(forFive).toBeLessThan(15);
});
