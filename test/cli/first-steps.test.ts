// The first commands of an operator, and the mistakes that they are likely to make.
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { createTestApp } from '../support/app.js';
import { createEmptyTestDatabase, createTestDatabase } from '../support/database.js';
import { patience, run } from './command-line.js';

test(
  'a database that is not there is not made by a command that only looks, which says where it looked',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-typo-'));
    try {
      const file = join(folder, 'typo.db');
      const ended = await run(`file:${file}`, ['accounts', 'list']);
      expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ended.stderr).toContain(`there is no database at ${file}`);
      expect(existsSync(file)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  patience,
);

test(
  'a port that is in use at the very first start costs no password: nothing is made until the service listens',
  async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    const { port } = busy.address() as AddressInfo;
    const empty = await createEmptyTestDatabase();
    try {
      const ended = await run(empty.url, ['serve'], { environment: { PORT: String(port) } });
      expect(ended.exitCode).toBe(1);
      expect(ended.stderr).toContain(`Port ${port} is in use`);
      const { db, close } = await openDatabase(empty.url);
      expect(await db.member.count()).toBe(0);
      await close();
    } finally {
      busy.close();
      await empty.remove();
    }
  },
  patience,
);

test(
  'allow-redirects takes the only account when none is named, and asks for a name when there are several',
  async () => {
    const database = await createTestDatabase();
    const app = await createTestApp({ database });
    try {
      const allowed = await run(database.url, ['accounts', 'allow-redirects', 'loopback', 'com.example.app']);
      expect(allowed).toMatchObject({ exitCode: 0, stderr: '' });
      const account = await app.db.account.findUniqueOrThrow({ where: { id: app.owner.accountId } });
      expect(account.redirectSchemes).toBe('com.example.app loopback');
      await app.addAccount();
      const refused = await run(database.url, ['accounts', 'allow-redirects', 'localhost']);
      expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
      expect(refused.stderr).toContain('more than one account');
      const alone = await run(database.url, ['accounts', 'allow-redirects', app.owner.accountId]);
      expect(alone).toMatchObject({ exitCode: 1, stdout: '' });
      expect(alone.stderr).toContain('Say what to allow');
    } finally {
      await app.close();
      await database.close();
    }
  },
  patience,
);
