// `conformance seed` at the command line: the file that it writes, who may read it, and what a second run changes.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SuiteConfig } from '../../src/conformance/suite-config.js';
import { patience } from '../cli/command-line.js';
import { run } from '../cli/in-process.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Run } from './suite.js';

vi.setConfig({ testTimeout: patience });

let database: TestDatabase;
let app: TestApp;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  app = await createTestApp({ database, realTime: true });
  folder = mkdtempSync(join(tmpdir(), 'latchkey-conformance-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.close();
  await database.close();
});

async function seed(...more: string[]) {
  const file = join(folder, 'plan.json');
  const ended = await run(database.url, ['conformance', 'seed', '--out', file, ...more]);
  const config = ended.exitCode === 0 ? (JSON.parse(readFileSync(file, 'utf8')) as SuiteConfig) : null;
  return { ...ended, file, config };
}

/** Whether somebody signs in by the steps of the file, with its clients. */
async function signsIn(config: SuiteConfig): Promise<boolean> {
  const module = new Run(app, config, 'oidcc-server', 'query');
  const { response } = await module.visit(module.authorizeUrl());
  return (await module.redeem(response?.code)).status === 200;
}

test('writes a file for its owner alone, with which a sign-in works, and prints no secret', async () => {
  writeFileSync(join(folder, 'plan.json'), 'open to all', { mode: 0o644 });
  const { exitCode, stdout, stderr, file, config } = await seed();
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  if (!config) throw new Error('There is no file.');
  expect(config.alias).toBe('latchkey');
  const said = JSON.stringify(config.browser);
  for (const { client_secret: secret } of [config.client, config.client2, config.client_secret_post]) {
    expect(secret).toMatch(/^lks_/);
    expect(stdout + said).not.toContain(secret);
  }
  expect(await signsIn(config)).toBe(true);
});

test('run again, makes new secrets: the old file signs nobody in', async () => {
  const before = (await seed()).config;
  const after = (await seed('--alias', 'other')).config;
  if (!before || !after) throw new Error('There is no file.');
  expect(after.client.client_secret).not.toBe(before.client.client_secret);
  expect(await app.db.oAuthClient.count()).toBe(3);
  expect(await app.db.member.count()).toBe(3);
  await expect(signsIn(before)).rejects.toThrow();
});

test('changes nothing when the file cannot be written', async () => {
  const before = (await seed()).config;
  if (!before) throw new Error('There is no file.');
  const { exitCode, stderr } = await seed('--out', join(folder, 'nowhere', 'plan.json'));
  expect([exitCode, stderr.includes('--out')]).toEqual([1, true]);
  expect(await signsIn(before)).toBe(true);
});

test.each(['http://localhost:8443', 'https://suite.example/', 'suite.example'])(
  'takes no suite at %s',
  async (suite) => {
    const { exitCode, stderr } = await seed('--suite', suite);
    expect([exitCode, stderr.includes('https origin')]).toEqual([2, true]);
  },
);
