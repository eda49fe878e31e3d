/**
 * Knows the open ledger as the rest of the room uses it: raw statements, and drizzle's typed
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
}

export function createStore(path: string, db: Database): Store {
  return { path, db, orm: drizzle(db) };
}
