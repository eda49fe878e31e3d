/** Makes commits survive a power cut by syncing the log. */

import type { Database } from 'better-sqlite3';

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
