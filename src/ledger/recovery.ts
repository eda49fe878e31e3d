/** How to detect that the last writer died, and whether it left the file intact. */

import { statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { identify } from './identity.ts';
import { failsBusy } from './sqliteFailure.ts';

/**
 * Checks a ledger that was not closed: its log `-wal` is there, and nobody has it open. Nobody,
 * because only then does SQLite grant exclusive use; a living writer has done this check itself.
 * @throws {Failure} `ledger-corrupt` when pages do not fit together.
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

/** Is there a write-ahead log with something in it? SQLite removes it when the last user closes. */
export function hasUnmergedLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function isAlone(db: Database, path: string): boolean {
  try {
    identify(db, path);
    return true;
  } catch (error) {
    if (failsBusy(error)) return false;
    throw error;
  }
}

/** Reads every page and checks that they fit together; about a second for each gigabyte. */
export function requireWhole(db: Database, path: string): void {
  const said = db.pragma('quick_check(1)', { simple: true });
  if (said === 'ok') return;
  throw new Failure('ledger-corrupt', `the ledger ${path} is damaged: ${String(said)}`, {
    where: path,
  });
}
