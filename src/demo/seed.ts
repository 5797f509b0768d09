// Brings a database to what people.ts describes: fresh or from an earlier start, the outcome is the same. What somebody made
// while trying things out stays.
import { allowRedirects, createAccount } from '../accounts/service.js';
import { type AccountActor, type Actor, systemActor } from '../audit/service.js';
import { createOAuthClient } from '../clients/service.js';
import { emailKey } from '../lib/email.js';
import { normalisePassword } from '../members/password.js';
import { actorOfMember, createMember, setPassword } from '../members/service.js';
import { remakeClient, type SeedDeps, type SeededClient } from '../seeding.js';
import {
  acme,
  type DemoAccount,
  type DemoMember,
  demoPassword,
  globex,
  machineClient,
  partnerClient,
} from './people.js';

const demoActor: Actor = { ...systemActor, label: 'demo' };

async function findMember(deps: SeedDeps, email: string) {
  const member = await deps.db.member.findUnique({ where: { emailKey: emailKey(email) } });
  // The terminal tells everybody's password, so it has to be true.
  if (member) {
    const { passwordHash } = member;
    const text = normalisePassword(demoPassword);
    const isRight =
      passwordHash !== null && (await deps.hasher.inTurn('demo', (turn) => turn.verify(passwordHash, text)));
    if (!isRight) await setPassword(deps, demoActor, email, demoPassword);
  }
  return member;
}

async function ensureMember(deps: SeedDeps, accountId: string, member: DemoMember): Promise<void> {
  if (await findMember(deps, member.email)) return;
  await createMember(deps, demoActor, accountId, { ...member, password: demoPassword });
}

async function ensureOwner(deps: SeedDeps, { name, owner }: DemoAccount): Promise<AccountActor> {
  const account = { name, owner: { ...owner, password: demoPassword } };
  const member = (await findMember(deps, owner.email)) ?? (await createAccount(deps, demoActor, account)).owner;
  return actorOfMember(member, { ipAddress: null, userAgent: null });
}

async function clientsNamed({ db }: SeedDeps, owner: AccountActor, name: string) {
  return db.oAuthClient.findMany({ where: { accountId: owner.accountId, name }, select: { id: true } });
}

async function ensureAccount(deps: SeedDeps, account: DemoAccount): Promise<AccountActor> {
  const owner = await ensureOwner(deps, account);
  for (const member of account.members) await ensureMember(deps, owner.accountId, member);
  await allowRedirects(deps, demoActor, owner.accountId, ['loopback']);
  for (const client of account.clients) {
    const known = await clientsNamed(deps, owner, client.name);
    if (known.length === 0) await createOAuthClient(deps, owner, client);
  }
  return owner;
}

/** Makes what is missing, and the two clients whose secrets are needed anew. @returns these two */
export async function seed(
  deps: SeedDeps,
  partnerRedirectUri: string,
): Promise<{ partner: SeededClient; machine: SeededClient }> {
  const owner = await ensureAccount(deps, acme);
  await ensureAccount(deps, globex);
  return {
    partner: await remakeClient(deps, owner, partnerClient(partnerRedirectUri)),
    machine: await remakeClient(deps, owner, machineClient),
  };
}
