/**
 * The open database as the ledger uses it: raw statements, and drizzle, which all other files
 * import from here.
 */

import { createRequire } from 'node:module';
import type { Database } from 'better-sqlite3';
import type * as Driver from 'drizzle-orm/better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type * as Root from 'drizzle-orm';
import type * as Core from 'drizzle-orm/sqlite-core';

export interface Store {
  /** The path as the user wrote it, for messages. */
  readonly path: string;
  readonly db: Database;
  readonly orm: BetterSQLite3Database;
  /** Set if only the holder of the write lock may write. */
  readonly fence?: Fence;
  readonly isReadOnly: boolean;
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
  { fence, isReadOnly, isPrivateCopy }: Pick<Store, 'fence' | 'isReadOnly' | 'isPrivateCopy'>,
): Store {
  return {
    path,
    db,
    orm: drizzle(db),
    isReadOnly,
    isPrivateCopy,
    ...(fence === undefined ? {} : { fence }),
  };
}

/*
 * Node reads drizzle's package.json (180 KB of export paths) again for each of its 300 ES modules.
 * Loading them costs 0.9 s and 190 MB; the CommonJS build, the same code, costs 0.15 s and 20 MB
 * (Node 24.21).
 */
const load = createRequire(import.meta.url);

export const {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  sql,
} = load('drizzle-orm') as typeof Root;

export const { customType, primaryKey, real, sqliteTable, text } = load(
  'drizzle-orm/sqlite-core',
) as typeof Core;

const { drizzle } = load('drizzle-orm/better-sqlite3') as typeof Driver;
