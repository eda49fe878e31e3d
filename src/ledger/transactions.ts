/** Every read and every write of the ledger is one transaction, made here. */

import type { Database } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { getFactDigests } from './factDigests.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import { getRow, prepareQuery } from './statement.ts';
import type { Store } from './store.ts';

/** Runs the work as one transaction. SQLite errors become failures that name the file. */
export type RunTransaction = <T>(work: () => T) => T;

export interface Transactions {
  /** Reads one snapshot, so that concurrent commits are not read in part. */
  readonly read: RunTransaction;
  /**
   * @throws {Failure} `ledger-readonly` if the ledger is open for reading only, `not-writer` if the
   * store is fenced and its token is not the newest. Another worker is the leader then, however
   * long this one was paused.
   */
  readonly write: RunTransaction;
  /** A write that is on disk when it returns. */
  readonly writeDurably: RunTransaction;
}

export function createTransactions(store: Store): Transactions {
  const { path, db } = store;
  const write: RunTransaction = (work) =>
    runImmediately(store, () => {
      requireWriteLock(store);
      const digests = getFactDigests(db);
      digests.begin();
      const done = work();
      digests.save();
      return done;
    });
  return {
    read: (work) => withLedgerErrors(path, () => db.transaction(work).deferred()),
    write,
    writeDurably: (work) => runDurably(db, () => write(work)),
  };
}

/**
 * Writes without the write lock. Locks immediately: a transaction that starts with a read cannot
 * wait for another writer.
 */
export function runImmediately<T>(store: Store, work: () => T): T {
  requireWritable(store);
  return withLedgerErrors(store.path, () => store.db.transaction(work).immediate());
}

/** @throws {Failure} `ledger-readonly` if the ledger is open for reading only. */
export function requireWritable({ path, isReadOnly }: Store): void {
  if (!isReadOnly) return;
  throw new Failure('ledger-readonly', `the ledger ${path} is open for reading only`, {
    where: path,
  });
}

const NEWEST = 'SELECT token, holder FROM writer';

/** By then the next leader is at work. */
const SOON_MS = 2_000;

function requireWriteLock({ path, fence, db }: Store): void {
  if (fence === undefined) return;
  const newest = prepareQuery<{ token: number; holder: string }>(db, NEWEST);
  const { token, holder } = getRow(newest);
  if (fence.token === token) return;
  const who =
    fence.token === undefined ? 'this worker is not the leader' : `${holder} is the leader`;
  throw new Failure('not-writer', `this worker may not write to ${path}: ${who}`, {
    where: path,
    retryAfterMs: SOON_MS,
  });
}

/**
 * Runs work that commits, with `synchronous = FULL`. The ledger otherwise uses NORMAL: a commit
 * survives a crash of the program, but a power cut may lose the last ones. The state of a delivery
 * must survive both. Syncing the log also syncs all earlier commits.
 */
export function runDurably<T>(db: Database, work: () => T): T {
  const before = db.pragma('synchronous', { simple: true });
  // Not allowed inside a transaction, so `work` must begin its own.
  db.pragma('synchronous = FULL');
  try {
    return work();
  } finally {
    db.pragma(`synchronous = ${String(before)}`);
  }
}
