/** The ledger's own time, which never runs backwards, whatever the clock does. */

import { getRow, prepareQuery } from './statement.ts';
import type { Database } from 'better-sqlite3';

export interface RecordedTime {
  /**
   * The time of a write: the clock's, or one millisecond after the last record if the clock is
   * behind it. With a last record at 100, a clock at 40 gives 101. Call it inside the writing
   * transaction.
   */
  next(nowMs: number): number;
  /**
   * The time as of which to read everything recorded. Later writes get a later time. Call it inside
   * a transaction.
   */
  read(nowMs: number): number;
}

interface LastRecord {
  readonly lastMs: number;
  readonly isRead: 0 | 1;
}

const LAST = 'SELECT last_ms AS lastMs, is_read AS isRead FROM ledger_time';

export function createRecordedTime(db: Database): RecordedTime {
  const last = prepareQuery<LastRecord>(db, LAST);
  const update = db.prepare('UPDATE ledger_time SET last_ms = ?, is_read = ?');
  const readLast = () => getRow(last);
  return {
    next(nowMs) {
      const { lastMs, isRead } = readLast();
      const isFree = nowMs > lastMs || (nowMs === lastMs && isRead === 0);
      const atMs = isFree ? nowMs : lastMs + 1;
      update.run(atMs, 0);
      return atMs;
    },
    read(nowMs) {
      const atMs = Math.max(nowMs, readLast().lastMs);
      update.run(atMs, 1);
      return atMs;
    },
  };
}

/** The time of the newest record, 0 for an empty ledger. */
export function lastRecordedMs(db: Database): number {
  return getRow(prepareQuery<LastRecord>(db, LAST)).lastMs;
}
