/** Remembers which stored facts an answer has repeated, however long the answer is. */

import type { Database } from 'better-sqlite3';
import { leftOutText } from './factShape.ts';
import { createFetchNames, isByHand, type NameOf } from './fetchNames.ts';

/** One fact that an answer found known, and the version that it repeats. */
export interface Repeat {
  readonly table: string;
  readonly key: string;
  readonly fetchRef: number;
  readonly position: number;
  readonly recordedAtMs: number;
  readonly known: {
    readonly version: number;
    readonly fetchRef: number;
    readonly undoRef: number | undefined;
  };
  readonly leftOut?: readonly string[];
}

/**
 * Facts that an answer wrote carry its fetch; those that it found already known carry an older one
 * and are noted here, on disk and not in memory, so that a file that contradicts itself is refused
 * the same way at its first and at its hundredth import.
 */
export interface Confirmed {
  note(repeat: Repeat): void;
  has(fetchRef: number, table: string, key: string): boolean;
  /**
   * Ends the answer. What it repeated of an import stays remembered: taken back, that import must
   * not take along what others say too.
   */
  close(fetchRef: number): void;
  /** Ends an answer that said nothing of its own. */
  forget(fetchRef: number): void;
  /** Whether all that the answer repeated stands in one earlier import. */
  repeatsOnly(fetchRef: number, earlierRef: number): boolean;
  readonly nameOf: NameOf;
}

const TABLE = `
CREATE TEMP TABLE IF NOT EXISTS confirmed (
  fetch_ref INTEGER, fact_table TEXT, fact_key TEXT, version INTEGER, position INTEGER,
  left_out TEXT, recorded_at_ms INTEGER, known_ref INTEGER, lasts INTEGER,
  PRIMARY KEY (fetch_ref, fact_table, fact_key)
) WITHOUT ROWID`;

const NOTE = `
INSERT OR IGNORE INTO temp.confirmed VALUES (
  :fetchRef, :table, :key, :version, :position, :leftOut, :recordedAtMs, :knownRef, :lasts)`;

const HAS = `
SELECT 1 FROM temp.confirmed WHERE fetch_ref = ? AND fact_table = ? AND fact_key = ?`;

/** Of pulls one for a version is enough, for none of them can be taken back. */
const KEEP = `
INSERT OR IGNORE INTO repeated_fact
SELECT fact_table, fact_key, fetch_ref, version, position, left_out, recorded_at_ms
FROM temp.confirmed AS c
WHERE fetch_ref = :fetchRef AND lasts = 1 AND (:byHand = 1 OR NOT EXISTS (
  SELECT 1 FROM repeated_fact AS r JOIN fetch AS f ON f.fetch_ref = r.fetch_ref
  WHERE r.fact_table = c.fact_table AND r.fact_key = c.fact_key AND r.version = c.version
    AND r.left_out IS c.left_out AND f.kind NOT LIKE 'import.%'))`;

const OTHERS = `
SELECT 1 FROM temp.confirmed AS c
WHERE fetch_ref = :fetchRef AND (known_ref IS NULL OR known_ref <> :earlierRef)
  AND NOT EXISTS (
    SELECT 1 FROM repeated_fact AS r
    WHERE r.fact_table = c.fact_table AND r.fact_key = c.fact_key
      AND r.fetch_ref = :earlierRef AND r.version = c.version)
LIMIT 1`;

export function createConfirmed(db: Database): Confirmed {
  db.exec(TABLE);
  const nameOf = createFetchNames(db);
  const note = db.prepare(NOTE);
  const has = db.prepare(HAS);
  const keep = db.prepare(KEEP);
  const others = db.prepare(OTHERS);
  const remove = db.prepare('DELETE FROM temp.confirmed WHERE fetch_ref = ?');
  const forget = (fetchRef: number): void => void remove.run(fetchRef);
  return {
    note({ table, key, fetchRef, position, recordedAtMs, known, leftOut }) {
      const lasts = known.undoRef !== undefined || isByHand(nameOf(known.fetchRef));
      note.run({
        table,
        key,
        fetchRef,
        position,
        recordedAtMs,
        version: known.version,
        leftOut: leftOutText(leftOut),
        // What an undo wrote again stands in no one import.
        knownRef: known.undoRef === undefined ? known.fetchRef : null,
        lasts: Number(lasts),
      });
    },
    has: (fetchRef, table, key) => has.get(fetchRef, table, key) !== undefined,
    close(fetchRef) {
      keep.run({ fetchRef, byHand: Number(isByHand(nameOf(fetchRef))) });
      forget(fetchRef);
    },
    forget,
    repeatsOnly: (fetchRef, earlierRef) => others.get({ fetchRef, earlierRef }) === undefined,
    nameOf,
  };
}
