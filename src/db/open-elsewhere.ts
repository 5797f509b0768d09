// Whether another process has a SQLite database open.
import { existsSync } from 'node:fs';

/**
 * Asks SQLite for the whole file, which it gives only while nobody else has it open. Ask before opening it oneself.
 * @param path the file's absolute path
 * @param timeoutMilliseconds how long to wait for a process that is about to close it
 */
export async function isOpenElsewhere(path: string, timeoutMilliseconds = 0): Promise<boolean> {
  if (!existsSync(path)) return false;
  const { default: Database } = await import('better-sqlite3');
  const connection = new Database(path, { timeout: timeoutMilliseconds, fileMustExist: true });
  try {
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return true;
    throw error;
  } finally {
    connection.close();
  }
}
