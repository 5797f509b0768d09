// What counts as a database that cannot be used now, and what does not; and what work in the background says of it.
import { describe, expect, test } from 'vitest';
import { asUnavailable, createFaultLog, isUnavailable, openDatabase, reasonOf } from '../../src/db/client.js';
import { createTestDatabase } from '../support/database.js';

const prisma = (code: string, cause?: object) =>
  Object.assign(new Error('\nInvalid `db.x()` invocation:\n\n\nThe last line says why'), {
    code,
    ...(cause ? { meta: { driverAdapterError: { cause } } } : {}),
  });
const driver = (code: string) => Object.assign(new Error('said the driver'), { code });
/** As a failed COMMIT comes: not wrapped by Prisma. */
const adapter = (cause: object) =>
  Object.assign(new Error('said the adapter', { cause }), { name: 'DriverAdapterError' });

describe('a database that cannot be used now', () => {
  test.each([
    ...['08006', '08P01', '53100', '53200', '53300', '57P01', '57P02', '57P03', '57014', '55P03', '58030', '25006'],
    ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
    ...[
      'SQLITE_FULL',
      'SQLITE_IOERR_WRITE',
      'SQLITE_BUSY',
      'SQLITE_BUSY_SNAPSHOT',
      'SQLITE_CANTOPEN',
      'SQLITE_READONLY',
    ],
  ])('is recognised by %s, from the driver, through Prisma, and of a failed COMMIT', (code) => {
    expect(isUnavailable(driver(code))).toBe(true);
    expect(isUnavailable(prisma('P2010', { kind: 'postgres', originalCode: code }))).toBe(true);
    expect(isUnavailable(adapter({ kind: 'sqlite', originalCode: code }))).toBe(true);
  });

  test.each(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037'])('is recognised by %s', (code) => {
    expect(isUnavailable(prisma(code))).toBe(true);
  });

  test.each([
    'DatabaseNotReachable',
    'ConnectionClosed',
    'SocketTimeout',
    'TooManyConnections',
    'TransactionWriteConflict',
    'TransactionAlreadyClosed',
  ])('is recognised by the kind %s', (kind) => {
    expect(isUnavailable(prisma('P2010', { kind }))).toBe(true);
  });

  test.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Query read timeout',
    'timeout exceeded when trying to connect',
    'Cannot use a pool after calling end on the pool',
  ])('is recognised by the words alone: %s', (message) => {
    expect(isUnavailable(new Error(message))).toBe(true);
  });

  test('is recognised when SQLite is closed already, by a request that was under way for too long when the service stopped', async () => {
    const database = await createTestDatabase('sqlite');
    const { hotPaths, close } = await openDatabase(database.url);
    await close();
    const using = [
      hotPaths.caller({ clientId: 'client', selector: null }),
      hotPaths.redeemCode('code', new Date(), null),
    ];
    for (const { reason } of (await Promise.allSettled(using)) as PromiseRejectedResult[]) {
      expect(asUnavailable(reason), String(reason)).toMatchObject({ retryAfterSeconds: 5 });
    }
    await database.close();
  });

  test.each([
    ['a taken unique value', prisma('P2002', { kind: 'UniqueConstraintViolation', originalCode: '23505' })],
    ['a row that is not there', prisma('P2025')],
    ['a table that is not there', prisma('P2021', { kind: 'TableDoesNotExist', originalCode: '42P01' })],
    ['a mistake in SQL', prisma('P2010', { kind: 'postgres', originalCode: '42601' })],
    ['a broken file', driver('SQLITE_CORRUPT')],
    ['a fault of ours', new TypeError('x is not a function')],
    ['something that is no error', 'ECONNREFUSED'],
  ])('is not %s', (_, error) => {
    expect(isUnavailable(error)).toBe(false);
    expect(asUnavailable(error)).toBeNull();
  });

  test('is told to callers with when to come again, and the reason is for the log', () => {
    const away = asUnavailable(prisma('P2010', { kind: 'postgres', originalCode: '57P01' }));
    expect(away).toMatchObject({ retryAfterSeconds: 5, reason: '57P01: The last line says why' });
    expect(away?.message).not.toMatch(/57P01|last line/);
    expect(asUnavailable(prisma('P2034'))?.retryAfterSeconds).toBe(1);
    expect(reasonOf(new Error('Query read timeout'))).toBe('Query read timeout');
  });
});

test('work in the background says once a minute that the database is away, and every fault of ours', () => {
  const lines: [string, object, string][] = [];
  const log = {
    warn: (details: object, message: string) => void lines.push(['warn', details, message]),
    error: (details: object, message: string) => void lines.push(['error', details, message]),
  };
  const logFault = createFaultLog(log as never);
  for (let time = 0; time < 100; time += 1) logFault(driver('ECONNREFUSED'), 'could not be read');
  const ours = new TypeError('ours');
  logFault(ours, 'could not be read');
  expect(lines).toEqual([
    ['warn', { reason: 'ECONNREFUSED: said the driver' }, 'could not be read'],
    ['error', { err: ours }, 'could not be read'],
  ]);
});
