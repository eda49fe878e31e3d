/** The ledger's own time: what is recorded later has a later time, whatever the clock does. */

import type { Database } from 'better-sqlite3';

export interface RecordedTime {
  /**
   * The time under which a write records: the clock's, or one millisecond after the newest that
   * the ledger knows where the clock is behind that. Last recorded at 100, a clock that says 40
   * records at 101. Call inside the transaction that writes.
   */
  next(nowMs: number): number;
  /**
   * The time as of which all that is recorded is read. Whatever is recorded from now on is later.
   * Call inside a transaction.
   */
  read(nowMs: number): number;
}

interface Last {
  readonly lastMs: number;
  readonly isRead: 0 | 1;
}

const LAST = 'SELECT last_ms AS lastMs, is_read AS isRead FROM ledger_time';

export function createRecordedTime(db: Database): RecordedTime {
  const last = db.prepare(LAST).safeIntegers(false);
  const keep = db.prepare('UPDATE ledger_time SET last_ms = ?, is_read = ?');
  const known = () => last.get() as Last;
  return {
    next(nowMs) {
      const { lastMs, isRead } = known();
      const isFree = nowMs > lastMs || (nowMs === lastMs && isRead === 0);
      const atMs = isFree ? nowMs : lastMs + 1;
      keep.run(atMs, 0);
      return atMs;
    },
    read(nowMs) {
      const atMs = Math.max(nowMs, known().lastMs);
      keep.run(atMs, 1);
      return atMs;
    },
  };
}

/** The newest time that the ledger knows; 0 where nothing was recorded yet. */
export function lastRecordedMs(db: Database): number {
  return (db.prepare(LAST).safeIntegers(false).get() as Last).lastMs;
}
