/** How a commit is made to outlive a power cut: the log is synced before it returns. */

import type { Database } from 'better-sqlite3';

/**
 * Does work that commits, with `synchronous = FULL`. The ledger otherwise runs with NORMAL, where a
 * commit survives a crash of the program but a power cut may cost the last ones; whether a letter
 * was handed over must survive both. Syncing the log syncs every commit before it too.
 */
export function durably<T>(db: Database, work: () => T): T {
  const before = db.pragma('synchronous', { simple: true });
  // Not allowed inside a transaction, so the caller's begins within `work`.
  db.pragma('synchronous = FULL');
  try {
    return work();
  } finally {
    db.pragma(`synchronous = ${String(before)}`);
  }
}
