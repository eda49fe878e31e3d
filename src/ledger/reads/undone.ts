/** Finds undone fetches: undone by an undo that is not undone itself. */

import type { Database } from 'better-sqlite3';

const UNDOS = `
SELECT u.undo_ref AS undoRef, u.undone_ref AS undoneRef
FROM import_undo AS u JOIN fetch AS f ON f.fetch_ref = u.undo_ref
WHERE f.recorded_at_ms <= ? ORDER BY u.undo_ref DESC`;

export interface Undo {
  readonly undoRef: number;
  readonly undoneRef: number;
}

/** All undos known at a time, newest first. */
export function readUndos(db: Database, asOfMs: number): Undo[] {
  return db.prepare(UNDOS).safeIntegers(false).all(asOfMs) as Undo[];
}

/**
 * Goes from newest to oldest: an undo only affects older fetches, so each is settled in one pass.
 */
export function findUndone(undos: readonly Undo[]): ReadonlySet<number> {
  const undone = new Set<number>();
  for (const { undoRef, undoneRef } of undos) {
    if (!undone.has(undoRef)) undone.add(undoneRef);
  }
  return undone;
}

/** The fetches that do not count at a time. */
export function readUndoneFetches(db: Database, asOfMs: number): ReadonlySet<number> {
  return findUndone(readUndos(db, asOfMs));
}
