// How long entries of the audit log are kept.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteOldEntries } from '../../src/audit/retention.js';
import { tidy } from '../../src/maintenance.js';
import { createTestApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const day = 86_400;

const keeping = (auditRetentionDays: number) => ({ ...app.deps, config: { ...app.deps.config, auditRetentionDays } });

/** Entries that are this many days old. */
async function writeOld(days: number, count: number): Promise<void> {
  const occurredAt = new Date(app.clock().getTime() - days * day * 1000);
  const entry = { actorKind: 'SYSTEM' as const, actorLabel: 'system', action: 'SIGNED_IN', changes: '[]', occurredAt };
  for (let start = 0; start < count; start += 1000) {
    const length = Math.min(1000, count - start);
    await app.db.auditLogEntry.createMany({
      data: Array.from({ length }, () => ({ id: app.deps.newId('auditLogEntry'), ...entry })),
    });
  }
}

const count = () => app.db.auditLogEntry.count({ where: { action: 'SIGNED_IN' } });

test('all entries are kept unless the operator says how long', async () => {
  await writeOld(3650, 3);
  expect(app.deps.config.auditRetentionDays).toBe(0);
  expect(await deleteOldEntries(app.deps)).toBe(0);
  await tidy(app.deps);
  expect(await count()).toBe(3);
});

test('entries go when they are older than that, not a moment sooner, of all accounts alike', async () => {
  await writeOld(29.999, 2);
  await writeOld(30, 1);
  await writeOld(30.001, 4);
  await tidy(keeping(30));
  expect(await count()).toBe(3);
  app.clock.advance(1);
  await tidy(keeping(30));
  expect(await count()).toBe(2);
});

test('a backlog goes in statements of 500', async () => {
  await writeOld(2, 1_200);
  app.statements.length = 0;
  expect(await deleteOldEntries(keeping(1))).toBe(1_200);
  expect(app.statements.filter((sql) => sql.startsWith('DELETE'))).toHaveLength(3);
});

test('two processes that delete at once leave what is to be kept', async () => {
  await writeOld(2, 1500);
  await writeOld(0, 3);
  await Promise.all([deleteOldEntries(keeping(1)), deleteOldEntries(keeping(1))]);
  await deleteOldEntries(keeping(1));
  expect(await count()).toBe(3);
});
