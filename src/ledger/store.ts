/**
 * The open ledger as the rest of the room uses it: raw statements, and drizzle's typed
 * reads.
 */

import type { Database } from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { drizzle } from './drizzle.ts';

export interface Store {
  /** As the person named it; every message names this file. */
  readonly path: string;
  readonly db: Database;
  readonly orm: BetterSQLite3Database;
  /** Set where only the holder of the writer's role may write. */
  readonly fence?: Fence;
  /** True of a copy without a name: nothing stands beside it. */
  readonly isAside: boolean;
}

/** What a worker holds of the writer's role. */
export interface Fence {
  /** Of the role as this worker took it; `undefined` before that and after it was left. */
  token: number | undefined;
}

export function createStore(
  path: string,
  db: Database,
  { fence, isAside = false }: { fence?: Fence | undefined; isAside?: boolean } = {},
): Store {
  return { path, db, orm: drizzle(db), isAside, ...(fence === undefined ? {} : { fence }) };
}
