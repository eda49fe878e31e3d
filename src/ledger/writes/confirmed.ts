/** Knows which stored facts an answer has repeated so far, however long the answer is. */

import type { Database } from 'better-sqlite3';

/**
 * Facts that an answer wrote carry its fetch; those that it found already known carry an older one
 * and are noted here, on disk and not in memory, so that a file that contradicts itself is refused
 * the same way at its first and at its hundredth import.
 */
export interface Confirmed {
  note(fetchRef: number, table: string, key: string): void;
  has(fetchRef: number, table: string, key: string): boolean;
  forget(fetchRef: number): void;
}

export function createConfirmed(db: Database): Confirmed {
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS confirmed (
    fetch_ref INTEGER, fact_table TEXT, fact_key TEXT,
    PRIMARY KEY (fetch_ref, fact_table, fact_key)
  ) WITHOUT ROWID`);
  const note = db.prepare('INSERT OR IGNORE INTO temp.confirmed VALUES (?, ?, ?)');
  const has = db.prepare(
    'SELECT 1 FROM temp.confirmed WHERE fetch_ref = ? AND fact_table = ? AND fact_key = ?',
  );
  const forget = db.prepare('DELETE FROM temp.confirmed WHERE fetch_ref = ?');
  return {
    note: (fetchRef, table, key) => void note.run(fetchRef, table, key),
    has: (fetchRef, table, key) => has.get(fetchRef, table, key) !== undefined,
    forget: (fetchRef) => void forget.run(fetchRef),
  };
}
