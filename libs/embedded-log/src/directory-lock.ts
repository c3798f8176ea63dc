import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataDirectoryRefused } from './log-fault';

/**
 * Holds an exclusive SQLite lock on `lock.db` for as long as the process lives: the operating system frees it on every
 * kind of death, so there is no stale lock file to remove after `kill -9`.
 * @throws DataDirectoryRefused
 */
export function lockDirectory(directory: string): { release(): void } {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock?.close();
    const code = typeof cause === 'object' && cause !== null && 'errcode' in cause ? Number(cause.errcode) & 0xff : undefined;
    const SQLITE_BUSY = 5;
    throw new DataDirectoryRefused(
      code === SQLITE_BUSY
        ? `data directory ${directory} is in use by another tocsin process`
        : `data directory ${directory} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  const held = lock;
  return { release: () => held.close() };
}
