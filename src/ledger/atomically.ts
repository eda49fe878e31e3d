/**
 * The only way to write to the ledger: a transaction that locks first and checks the fencing token.
 */

import type { Database, Statement } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import type { Store } from './store.ts';
import { getFactDigests } from './factDigests.ts';

/** Runs the work as one transaction. SQLite errors become failures that name the file. */
export type RunAtomically = <T>(work: () => T) => T;

/**
 * Every write of the ledger goes through the returned function.
 * @throws {Failure} `not-writer`, on each write, if the store is fenced and its token is not the
 * newest. Another worker is the leader then, however long this one was paused.
 */
export function createAtomically(store: Store): RunAtomically {
  const newest = store.db.prepare('SELECT token, holder FROM writer').safeIntegers(false);
  const digests = getFactDigests(store.db);
  return (work) =>
    runImmediately(store, () => {
      requireRole(store, newest);
      digests.begin();
      const done = work();
      digests.save();
      return done;
    });
}

/** Locks immediately: a transaction that starts with a read cannot wait for another writer. */
export function runImmediately<T>({ path, db }: Store, work: () => T): T {
  return withLedgerErrors(path, () => db.transaction(work).immediate());
}

/** By then the next leader is at work. */
const SOON_MS = 2_000;

function requireRole({ path, fence }: Store, newest: Statement): void {
  if (fence === undefined) return;
  const { token, holder } = newest.get() as { token: number; holder: string };
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
