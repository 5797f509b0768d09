// Fills an empty database with what a large account has after a few years, for benchmarks.
import { randomBytes } from 'node:crypto';

const batch = 1000;
const second = 1000;

async function inBatches(total, rowOf, insert) {
  for (let start = 0; start < total; start += batch) {
    const rows = Array.from({ length: Math.min(batch, total - start) }, (_, index) => rowOf(start + index));
    await insert(rows);
  }
}

/**
 * Fills the database.
 * @param environment the settings of the service, its database among them
 * @param size how many clients, members, tokens and audit entries
 * @returns a token of role ADMIN, and ids and moments to filter by
 */
export async function seed(environment, size) {
  const { compose } = await import('../dist/compose.js');
  const { loadConfig } = await import('../dist/config.js');
  const { bootstrap } = await import('../dist/bootstrap.js');
  const { createIdMaker } = await import('../dist/lib/ids.js');
  const { createApiToken } = await import('../dist/api-tokens/service.js');
  const { actorOfMember } = await import('../dist/members/service.js');
  const { deps, close } = await compose(loadConfig(environment));
  await bootstrap(deps);
  const { db } = deps;
  const owner = await db.member.findFirstOrThrow({ where: { role: 'OWNER' } });
  const { accountId } = owner;
  // One client a minute and one audit entry each six seconds, up to now.
  const start = Date.now() - Math.max(size.clients * 60, size.audit * 6) * second;
  let moment = start;
  const newId = createIdMaker(() => moment, randomBytes);
  const at = (milliseconds) => new Date(milliseconds);

  const members = [];
  await inBatches(
    size.members,
    (index) => {
      moment = start + index * second;
      const email = `person${index}@example.com`;
      const id = newId('member');
      members.push(id);
      return {
        id,
        accountId,
        email,
        emailKey: email,
        name: `Person ${index}`,
        role: 'ADMIN',
        createdAt: at(moment),
        updatedAt: at(moment),
      };
    },
    (data) => db.member.createMany({ data }),
  );

  const clients = [];
  const words = ['shop', 'wiki', 'mail', 'billing', 'portal', 'reports', 'chat', 'deploy', 'search', 'maps'];
  await inBatches(
    size.clients,
    (index) => {
      moment = start + index * 60 * second;
      const id = newId('oauthClient');
      const clientId = randomBytes(16).toString('hex');
      const name = `${words[index % words.length]} ${index.toString(36)}${index % 5000 === 7 ? ' rarely' : ''}`;
      const used = index % 3 === 0 ? at(moment + (index % 977) * 3600 * second) : null;
      clients.push(id);
      return {
        id,
        clientId,
        accountId,
        name,
        nameKey: name,
        type: index % 4 === 0 ? 'PUBLIC' : 'CONFIDENTIAL',
        description: `The ${name} of department ${index % 97}, kept by whoever registered it.`,
        searchText: `${name} the ${name} of department ${index % 97}, kept by whoever registered it. ${clientId}`,
        grantTypes: index % 50 === 0 ? 'client_credentials' : 'authorization_code refresh_token',
        scopes: 'openid profile email',
        tokenEndpointAuthMethod: index % 4 === 0 ? 'NONE' : 'CLIENT_SECRET_BASIC',
        requirePkce: true,
        consentMode: 'REMEMBER',
        idTokenSigningAlgorithm: 'RS256',
        accessTokenSeconds: 600,
        refreshTokenSeconds: 7776000,
        refreshTokenIdleSeconds: 2592000,
        idTokenSeconds: 3600,
        createdById: members[index % 20 === 0 ? 0 : index % members.length] ?? owner.id,
        createdAt: at(moment),
        updatedAt: at(moment),
        lastUsedAt: used,
        lastUsedSortKey: used?.toISOString() ?? '',
        disabledAt: index % 1000 === 3 ? at(moment) : null,
        verifiedAt: index % 500 === 9 ? at(moment) : null,
      };
    },
    async (data) => {
      await db.oAuthClient.createMany({ data });
      await db.oAuthClientRedirectUri.createMany({
        data: data.map(({ id }, index) => ({
          id: newId('redirectUri'),
          clientId: id,
          uri: `https://app${index}.example.com/callback`,
          position: 0,
        })),
      });
      await db.oAuthClientSecret.createMany({
        data: data.map(({ id, createdById, createdAt, clientId }) => ({
          id: newId('clientSecret'),
          clientId: id,
          selector: clientId.slice(0, 20),
          hash: 'none',
          hint: 'abcd',
          createdById,
          createdAt,
        })),
      });
    },
  );

  await inBatches(
    size.tokens,
    (index) => {
      moment = start + index * second;
      const id = newId('apiToken');
      return {
        id,
        accountId,
        ownerId: members[index % members.length],
        name: `Token ${index}`,
        role: 'ADMIN',
        isService: index % 10 === 0,
        tokenHash: id,
        hint: 'abcd',
        createdAt: at(moment),
      };
    },
    (data) => db.apiToken.createMany({ data }),
  );

  await inBatches(
    size.audit,
    (index) => {
      moment = start + index * 6 * second;
      const action =
        index % 10_000 === 11
          ? 'OAUTH_CLIENT_DELETED'
          : index % 100 === 5
            ? 'OAUTH_CLIENT_CREATED'
            : index % 3 === 0
              ? 'CONSENT_GIVEN'
              : 'SIGNED_IN';
      const actorId = members[index % members.length];
      return {
        id: newId('auditLogEntry'),
        accountId,
        actorKind: 'MEMBER',
        actorId,
        actorLabel: 'person@example.com',
        action,
        targetId: clients[index % clients.length],
        targetLabel: 'an app',
        changes: '[]',
        ipAddress: '198.51.100.7',
        userAgent: 'Mozilla/5.0',
        occurredAt: at(moment),
      };
    },
    (data) => db.auditLogEntry.createMany({ data }),
  );

  const manager = {
    actor: actorOfMember(owner, { ipAddress: null, userAgent: null }),
    accountId,
    memberId: owner.id,
    role: 'OWNER',
  };
  const { token } = await createApiToken(deps, manager, { name: 'bench', role: 'ADMIN' });
  await close();
  const middle = at(start + (size.clients / 2) * 60 * second).toISOString();
  const middleOfAudit = at(start + (size.audit / 2) * 6 * second).toISOString();
  return {
    token,
    member: members[0],
    busyMember: members[1],
    client: clients[Math.floor(clients.length / 2)],
    middle,
    middleOfAudit,
  };
}
