/** Distinguishes a ledger from other SQLite files. */

import type { Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';

/** `RCHK` in ASCII, in the header of every ledger. */
export const APPLICATION_ID = 0x52_43_48_4b;

/**
 * Returns `fresh` for a file without tables and `ours` for a ledger.
 * @throws {Failure} `ledger-foreign` for any other database.
 */
export function identifyDatabase(db: Database, path: string): 'fresh' | 'ours' {
  // One snapshot for both reads, because another program may be creating the ledger now.
  return db.transaction(() => identifyNow(db, path)).deferred();
}

function identifyNow(db: Database, path: string): 'fresh' | 'ours' {
  if (Number(db.pragma('application_id', { simple: true })) === APPLICATION_ID) return 'ours';
  const things = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
  if (Number(things) === 0) return 'fresh';
  throw new Failure('ledger-foreign', `${path} is a database, but not a rentcheck ledger`, {
    where: path,
    expected: 'a ledger of rentcheck, or a path where no file exists yet',
  });
}
