/** The write lock: only the worker that took it last may write. */

import { runImmediately } from './atomically.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import type { Store } from './store.ts';

/** The holder of the write lock. */
export interface WriteLockHolder {
  /** How often the lock was taken, 0 before the first time. */
  readonly token: number;
  /** The name of the worker, `''` before the first time. */
  readonly holder: string;
  readonly takenAtMs: number;
}

/**
 * The write lock. A ledger opened with `fenced` writes only from its `takeWriteLock` until another
 * worker's. Without `fenced` (the commands) it always may.
 */
export interface WriteLock {
  /** The same for everyone who opens this file or a copy of it. Other ledgers have other ids. */
  ledgerId(): Promise<string>;
  writeLockHolder(): Promise<WriteLockHolder>;
  /**
   * Takes the lock from any holder. Writes of earlier holders fail with `not-writer` from now on.
   * Returns the new fencing token.
   */
  takeWriteLock(holder: string, nowMs: number): Promise<number>;
  /** Whether no other worker has taken the lock since. */
  holdsWriteLock(): Promise<boolean>;
  /** Stops writing. The lock keeps this worker's token until another worker takes it. */
  releaseWriteLock(): Promise<void>;
}

export function createWriteLock(store: Store): WriteLock {
  return {
    ledgerId: async () => withLedgerErrors(store.path, () => readWriter(store).ledger_id),
    writeLockHolder: async () => {
      const { token, holder, taken_at_ms } = withLedgerErrors(store.path, () => readWriter(store));
      return { token, holder, takenAtMs: taken_at_ms };
    },
    takeWriteLock: async (holder, nowMs) => {
      const token = runImmediately(store, () => takeLock(store, holder, nowMs));
      if (store.fence !== undefined) store.fence.token = token;
      return token;
    },
    holdsWriteLock: async () =>
      withLedgerErrors(store.path, () => readWriter(store).token === store.fence?.token),
    releaseWriteLock: async () => {
      if (store.fence !== undefined) store.fence.token = undefined;
    },
  };
}

interface WriterRow {
  readonly ledger_id: string;
  readonly token: number;
  readonly holder: string;
  readonly taken_at_ms: number;
}

function readWriter({ db }: Store): WriterRow {
  return db.prepare('SELECT * FROM writer').safeIntegers(false).get() as WriterRow;
}

function takeLock({ db }: Store, holder: string, nowMs: number): number {
  const sql = 'UPDATE writer SET token = token + 1, holder = ?, taken_at_ms = ? RETURNING token';
  return db.prepare(sql).safeIntegers(false).pluck().get(holder, nowMs) as number;
}
