/** How only one worker at a time may write: the last one that took the lease. */

import { immediately } from './atomically.ts';
import { naming } from './sqliteFailure.ts';
import type { Store } from './store.ts';

/** Who may write. */
export interface Writer {
  /** Counts how often the role was taken; 0 before the first time. */
  readonly token: number;
  /** As the worker calls itself; `''` before the first time. */
  readonly holder: string;
  readonly takenAtMs: number;
}

/**
 * The role of the worker that writes. A ledger that was opened `fenced` writes only between
 * `takeWriting` and the next worker's `takeWriting`; one that was not (the commands) always may.
 */
export interface WriterRole {
  /** The same for all who open this file, or a copy of it; another ledger's is another. */
  ledgerId(): Promise<string>;
  writer(): Promise<Writer>;
  /**
   * Takes the role, whoever has it: from here on the writes of every earlier holder fail as
   * `not-writer`. Answers the new token.
   */
  takeWriting(holder: string, nowMs: number): Promise<number>;
  /** Has nobody taken it since? */
  holdsWriting(): Promise<boolean>;
  /** Writes nothing more; the role stays with this worker's token until another one takes it. */
  leaveWriting(): Promise<void>;
}

export function createWriterRole(store: Store): WriterRole {
  return {
    ledgerId: async () => naming(store.path, () => row(store).ledger_id),
    writer: async () => {
      const { token, holder, taken_at_ms } = naming(store.path, () => row(store));
      return { token, holder, takenAtMs: taken_at_ms };
    },
    takeWriting: async (holder, nowMs) => {
      const token = immediately(store, () => take(store, holder, nowMs));
      if (store.fence !== undefined) store.fence.token = token;
      return token;
    },
    holdsWriting: async () => naming(store.path, () => row(store).token === store.fence?.token),
    leaveWriting: async () => {
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

function row({ db }: Store): WriterRow {
  return db.prepare('SELECT * FROM writer').safeIntegers(false).get() as WriterRow;
}

function take({ db }: Store, holder: string, nowMs: number): number {
  const sql = 'UPDATE writer SET token = token + 1, holder = ?, taken_at_ms = ? RETURNING token';
  return db.prepare(sql).safeIntegers(false).pluck().get(holder, nowMs) as number;
}
