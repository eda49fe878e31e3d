/** Records which stored facts a response has repeated, however long the response is. */

import type { Database } from 'better-sqlite3';
import { toLeftOutJson } from './factShape.ts';
import { createFetchNames, type FindFetchName, isManual } from './tally.ts';
import { prepareQuery } from '../statement.ts';

/** A known fact in a response, and the version that it repeats. */
export interface RepeatedFact {
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
 * Facts that a response adds carry its fetch. Facts that it repeats carry an older one and are
 * recorded here, on disk. This way a file that contradicts itself is rejected equally on its first
 * and its hundredth import.
 */
export interface RepeatLog {
  note(repeat: RepeatedFact): void;
  has(fetchRef: number, table: string, key: string): boolean;
  /**
   * Ends the response. What it repeated of an import stays recorded: undoing that import must keep
   * facts that other responses contain too.
   */
  close(fetchRef: number): void;
  /** Ends a response without facts of its own. */
  forget(fetchRef: number): void;
  /** Whether one earlier import contains everything that this one repeated. */
  repeatsOnly(fetchRef: number, earlierRef: number): boolean;
  readonly nameOf: FindFetchName;
}

const CREATE_TABLE = `
CREATE TEMP TABLE IF NOT EXISTS open_repeat (
  fetch_ref INTEGER, fact_table TEXT, fact_key TEXT, version INTEGER, position INTEGER,
  left_out TEXT, recorded_at_ms INTEGER, known_ref INTEGER, lasts INTEGER,
  PRIMARY KEY (fetch_ref, fact_table, fact_key)
) WITHOUT ROWID`;

const INSERT = `
INSERT OR IGNORE INTO temp.open_repeat VALUES (
  :fetchRef, :table, :key, :version, :position, :leftOut, :recordedAtMs, :knownRef, :lasts)`;

const EXISTS = `
SELECT 1 FROM temp.open_repeat WHERE fetch_ref = ? AND fact_table = ? AND fact_key = ?`;

/** For pulls one record per version is enough, because pulls cannot be undone. */
const INSERT_REPEATED = `
INSERT OR IGNORE INTO repeated_fact
SELECT fact_table, fact_key, fetch_ref, version, position, left_out, recorded_at_ms
FROM temp.open_repeat AS c
WHERE fetch_ref = :fetchRef AND lasts = 1 AND (:byHand = 1 OR NOT EXISTS (
  SELECT 1 FROM repeated_fact AS r JOIN fetch AS f ON f.fetch_ref = r.fetch_ref
  WHERE r.fact_table = c.fact_table AND r.fact_key = c.fact_key AND r.version = c.version
    AND r.left_out IS c.left_out AND f.kind NOT LIKE 'import.%'))`;

const FIND_OTHER = `
SELECT 1 FROM temp.open_repeat AS c
WHERE fetch_ref = :fetchRef AND (known_ref IS NULL OR known_ref <> :earlierRef)
  AND NOT EXISTS (
    SELECT 1 FROM repeated_fact AS r
    WHERE r.fact_table = c.fact_table AND r.fact_key = c.fact_key
      AND r.fetch_ref = :earlierRef AND r.version = c.version)
LIMIT 1`;

export function createRepeatLog(db: Database): RepeatLog {
  db.exec(CREATE_TABLE);
  const nameOf = createFetchNames(db);
  const insertRepeat = db.prepare(INSERT);
  const exists = prepareQuery<1>(db, EXISTS);
  const insertRepeated = db.prepare(INSERT_REPEATED);
  const findOther = prepareQuery<1>(db, FIND_OTHER);
  const remove = db.prepare('DELETE FROM temp.open_repeat WHERE fetch_ref = ?');
  const forget = (fetchRef: number): void => void remove.run(fetchRef);
  return {
    note({ table, key, fetchRef, position, recordedAtMs, known, leftOut }) {
      const isKept = known.undoRef !== undefined || isManual(nameOf(known.fetchRef));
      insertRepeat.run({
        table,
        key,
        fetchRef,
        position,
        recordedAtMs,
        version: known.version,
        leftOut: toLeftOutJson(leftOut),
        // A version written by an undo belongs to no single import.
        knownRef: known.undoRef === undefined ? known.fetchRef : null,
        lasts: Number(isKept),
      });
    },
    has: (fetchRef, table, key) => exists.get(fetchRef, table, key) !== undefined,
    close(fetchRef) {
      insertRepeated.run({ fetchRef, byHand: Number(isManual(nameOf(fetchRef))) });
      forget(fetchRef);
    },
    forget,
    repeatsOnly: (fetchRef, earlierRef) => findOther.get({ fetchRef, earlierRef }) === undefined,
    nameOf,
  };
}
