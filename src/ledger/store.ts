/** The open database as the ledger's code uses it: raw statements, and drizzle for typed reads. */

import type { Database } from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { drizzle } from './drizzle.ts';

export interface Store {
  /** The path as the user wrote it, for messages. */
  readonly path: string;
  readonly db: Database;
  readonly orm: BetterSQLite3Database;
  /** Set if only the holder of the write lock may write. */
  readonly fence?: Fence;
  /** True for a private copy without a file. */
  readonly isPrivateCopy: boolean;
}

/** The state of this worker's write lock. */
export interface Fence {
  /** The fencing token, or `undefined` while this worker does not hold the lock. */
  token: number | undefined;
}

export function createStore(
  path: string,
  db: Database,
  { fence, isAside = false }: { fence?: Fence | undefined; isAside?: boolean } = {},
): Store {
  return {
    path,
    db,
    orm: drizzle(db),
    isPrivateCopy: isAside,
    ...(fence === undefined ? {} : { fence }),
  };
}
