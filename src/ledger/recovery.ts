/** Detects that the last writer died, and checks whether the file is intact. */

import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { identifyDatabase } from './identity.ts';
import { isBusyError } from './sqliteFailure.ts';

/**
 * Checks a ledger that was not closed: its log `-wal` exists, and no program has it open. Only then
 * does SQLite grant exclusive access. A living writer has done this check itself.
 * @throws {Failure} `ledger-corrupt` if pages do not fit together.
 */
export function checkAfterCrash(path: string): void {
  if (!hasUnmergedLog(path)) return;
  const db = new Sqlite(path, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    if (isAlone(db, path)) requireWhole(db, path);
  } finally {
    db.close();
  }
}

/** Whether there is a non-empty write-ahead log. SQLite removes it when the last user closes. */
export function hasUnmergedLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function isAlone(db: Database, path: string): boolean {
  try {
    identifyDatabase(db, path);
    return true;
  } catch (error) {
    if (isBusyError(error)) return false;
    throw error;
  }
}

/** Reads every page and checks that they fit together. Takes about a second per gigabyte. */
export function requireWhole(db: Database, path: string): void {
  const result = db.pragma('quick_check(1)', { simple: true });
  if (result === 'ok') return;
  throw new Failure('ledger-corrupt', `the ledger ${path} is damaged: ${String(result)}`, {
    where: path,
  });
}
