/** The one way to write: a transaction that takes the lock first and asks who may write. */

import type { Statement } from 'better-sqlite3';
import { Failure } from '../domain/failure.ts';
import { naming } from './sqliteFailure.ts';
import type { Store } from './store.ts';
import { factDigestsOf } from './writes/factDigests.ts';

/** Runs the work as one transaction; SQLite's errors become failures that name the file. */
export type Atomically = <T>(work: () => T) => T;

/**
 * Every write of the ledger goes through what this makes.
 * @throws {Failure} `not-writer`, from each write, where the store is fenced and its token is not
 *   the newest: the role is another worker's, however long this one slept meanwhile.
 */
export function createAtomically(store: Store): Atomically {
  const newest = store.db.prepare('SELECT token, holder FROM writer').safeIntegers(false);
  const digests = factDigestsOf(store.db);
  return (work) =>
    immediately(store, () => {
      requireRole(store, newest);
      digests.begin();
      const done = work();
      digests.keep();
      return done;
    });
}

/**
 * Takes the lock at once: a transaction that begins by reading could not wait for another writer.
 */
export function immediately<T>({ path, db }: Store, work: () => T): T {
  return naming(path, () => db.transaction(work).immediate());
}

/** By then whoever took the role works at it. */
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
