/** Reads the views of the ledger and what one row of each is. */

import type { Database } from 'better-sqlite3';

const VIEWS = 'SELECT name, grain FROM ledger_view ORDER BY name';

/** Plain SQL, so that `rentcheck sql` does not load drizzle. */
export function readViewList(db: Database): { name: string; grain: string }[] {
  return db.prepare(VIEWS).all() as { name: string; grain: string }[];
}
