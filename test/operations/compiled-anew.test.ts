// The program is compiled anew beside a service that runs: an operator updates the checkout and starts the new version afterwards.
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownersBrowser, registerOver, remote } from '../faults/remote.js';
import { ownerPassword } from '../support/app.js';
import { createEmptyTestDatabase } from '../support/database.js';
import { obtainTokens, refresh, userinfo } from '../support/oauth.js';
import { freePort } from '../support/service.js';
import { spawnService } from '../support/service-process.js';
import { introspect, revoke } from '../support/tokens.js';

const checkout = join(import.meta.dirname, '../..');

/** A checkout like this one, whose compiled files are its own. */
function checkoutWithOwnProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-checkout-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of readdirSync(checkout)) {
    if (name === 'dist') cpSync(join(checkout, name), join(folder, name), { recursive: true });
    else symlinkSync(join(checkout, name), join(folder, name));
  }
  return folder;
}

test('a service that runs goes on when all its compiled files are gone', { timeout: 60_000 }, async () => {
  const folder = checkoutWithOwnProgram();
  const database = await createEmptyTestDatabase();
  const service = spawnService(
    { PORT: String(await freePort()), DATABASE_URL: database.url, LATCHKEY_LOG_LEVEL: 'warn' },
    join(folder, 'dist/main.js'),
  );
  onTestFinished(async () => {
    await service.kill();
    await database.remove();
  });
  await service.ready();
  // Loaded a second after the start, or when it is asked for.
  expect((await fetch(`${service.issuer}/graphql/schema.graphql`)).status).toBe(200);
  rmSync(join(folder, 'dist'), { recursive: true });

  const { app, noted } = remote(service.issuer);
  const owner = await ownersBrowser({ app, noted });
  const client = await registerOver(owner);
  const tokens = await obtainTokens(app, client, { scope: 'openid offline_access' }, owner);
  expect((await userinfo(app, tokens.accessToken)).status).toBe(200);
  expect((await refresh(app, client, tokens.refreshToken)).status).toBe(200);
  expect(await introspect(app, client, tokens.accessToken)).toMatchObject({ active: true });
  expect((await revoke(app, client, tokens.refreshToken)).status).toBe(200);
  for (const path of ['/graphql/schema.graphql', '/graphql', '/me', '/forgot-password', '/readyz'])
    expect([path, (await owner.visit(path)).status]).toEqual([path, 200]);
  // The dictionary that it is compared with is loaded when it is first asked for.
  const refused = await owner.submit(await owner.visit('/me/password'), {
    current_password: ownerPassword,
    password: 'passwordpassword',
  });
  expect(refused.html).toContain('This password is one that many people use.');
  expect(await service.stop()).toBe(0);
  expect(service.printed.text).not.toMatch(/"level":[56]0/);
});
