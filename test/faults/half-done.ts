// What must hold in a database whatever happened to the service and to the database: each thing is there whole or not at all, and
// nothing was used twice.
import type { Db } from '../../src/db/client.js';

/** @returns a line for each thing that is wrong */
export async function halfDone(db: Db): Promise<string[]> {
  const faults: string[] = [];
  const owners = await db.member.count({ where: { role: 'OWNER' } });
  if (owners !== 1) faults.push(`${owners} owners`);

  const created = await db.auditLogEntry.groupBy({
    by: ['targetId'],
    where: { action: 'OAUTH_CLIENT_CREATED' },
    _count: true,
  });
  const recorded = new Map(created.map(({ targetId, _count }) => [targetId, _count]));
  const clients = await db.oAuthClient.findMany({ include: { secrets: true, redirectUris: true } });
  for (const { id, secrets, redirectUris, tokenEndpointAuthMethod } of clients) {
    if (recorded.get(id) !== 1) faults.push(`client ${id} was recorded ${recorded.get(id) ?? 0} times`);
    // The tests' clients have one of each, but those that sign assertions.
    const parts = tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT' ? 0 : 1;
    if (secrets.length !== parts) faults.push(`client ${id} has ${secrets.length} secrets`);
    if (redirectUris.length !== parts) faults.push(`client ${id} has ${redirectUris.length} redirect URIs`);
  }
  const stored = new Set(clients.map(({ id }) => id));
  for (const id of recorded.keys())
    if (!stored.has(id ?? '')) faults.push(`client ${id} was recorded and is not there`);

  const families = await db.tokenFamily.findMany({ include: { codes: true, refreshTokens: true } });
  for (const { id, codes, refreshTokens } of families) {
    if (codes.length !== 1) faults.push(`sign-in ${id} has ${codes.length} codes`);
    const unused = refreshTokens.filter(({ usedAt }) => usedAt === null);
    if (unused.length > 1) faults.push(`sign-in ${id} has ${unused.length} unused refresh tokens`);
    const ids = new Set(refreshTokens.map((token) => token.id));
    const successors = new Set(refreshTokens.map(({ successorId }) => successorId));
    const first = refreshTokens.filter((token) => !successors.has(token.id));
    if (first.length > 1) faults.push(`sign-in ${id} began ${first.length} times`);
    if (first.length === 1 && codes[0]?.usedAt === null) faults.push(`sign-in ${id} has tokens of an unused code`);
    for (const { usedAt, successorId } of refreshTokens) {
      if ((usedAt === null) !== (successorId === null)) faults.push(`sign-in ${id} has a token used by half`);
      if (successorId !== null && !ids.has(successorId)) faults.push(`sign-in ${id} lacks a successor`);
    }
  }
  return faults;
}
