/** Reads what every fetch stated of one fact, and computes its value if only some of them count. */

import type { Database } from 'better-sqlite3';
import { type FactShape, mergeContents, toKeyJson } from '../factShape.ts';
import { prepareExactQuery, prepareQuery } from '../../statement.ts';
import type { StoredValue } from '../insert.ts';

/** A fetch's statement of a fact: a version that it wrote, or one that it repeated. */
export interface FactStatement {
  readonly fetchRef: number;
  readonly position: number;
  /** The values as given in its line, without values taken from earlier lines. */
  readonly values: readonly StoredValue[];
}

/** A stored version. */
export interface StoredVersion {
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
  readonly position: number;
  readonly undoRef: number | undefined;
  readonly contents: readonly StoredValue[];
}

export interface FactHistory {
  /** The version in force. */
  readonly current: StoredVersion;
  readonly newestVersion: number;
  /** In order of arrival. Versions written by an undo or an exchange rate are not statements. */
  readonly statements: readonly FactStatement[];
}

interface DatedStatement extends FactStatement {
  readonly atMs: number;
  readonly version: number;
  readonly isRepeat: boolean;
}

const REPEATS = `
SELECT fetch_ref AS fetchRef, version, position, left_out AS leftOut, recorded_at_ms AS atMs
FROM repeated_fact WHERE fact_table = ? AND fact_key = ?`;

interface RepeatRow {
  readonly fetchRef: number;
  readonly version: number;
  readonly position: number;
  readonly leftOut: string | null;
  readonly atMs: number;
}

/**
 * Creates a reader of one fact by its key. Returns `undefined` for a fact that was never stored.
 */
export function createHistoryReader(db: Database, shape: FactShape) {
  const where = shape.key.map((plan) => `${plan.name} = ?`).join(' AND ');
  const columns = shape.contents.map((plan) => plan.name).join(', ');
  const leftOut = shape.hasLeftOut ? 'left_out' : 'NULL';
  const rate = shape.hasRate ? 'rate_ref' : 'NULL';
  const select = prepareExactQuery<StoredValue[]>(
    db,
    `SELECT version, recorded_at_ms, fetch_ref, position, undo_ref, ${leftOut}, ${rate},
         ${columns}
       FROM ${shape.name} WHERE ${where} ORDER BY recorded_at_ms, version`,
  ).raw();
  const repeats = prepareQuery<RepeatRow>(db, REPEATS);
  return (key: readonly StoredValue[]): FactHistory | undefined => {
    const rows = select.all(...key).map(toVersion);
    const current = rows.at(-1);
    if (current === undefined) return undefined;
    const byVersion = new Map(rows.map((row) => [row.version, row]));
    const repeatedStatements = repeats.all(shape.name, toKeyJson(key)).flatMap((row) => {
      const repeated = byVersion.get(row.version);
      if (repeated === undefined) return [];
      const values = removeLeftOut(shape, repeated.contents, row.leftOut);
      return [{ ...row, values, isRepeat: true }];
    });
    const writtenStatements = rows.flatMap((row) => {
      if (row.undoRef !== undefined || row.isFromRate) return [];
      const values = removeLeftOut(shape, row.contents, row.leftOut);
      return [{ ...row, atMs: row.recordedAtMs, values, isRepeat: false }];
    });
    return {
      current,
      newestVersion: Math.max(...rows.map(({ version }) => version)),
      statements: [...writtenStatements, ...repeatedStatements].sort(byArrival),
    };
  };
}

interface Row extends StoredVersion {
  readonly leftOut: string | null;
  /** Whether an exchange rate wrote it. */
  readonly isFromRate: boolean;
}

function toVersion(row: readonly StoredValue[]): Row {
  const [version, recordedAtMs, fetchRef, position, undoRef, leftOut, rate, ...contents] = row;
  return {
    version: Number(version),
    recordedAtMs: Number(recordedAtMs),
    fetchRef: Number(fetchRef),
    position: Number(position),
    undoRef: undoRef === null ? undefined : Number(undoRef),
    leftOut: leftOut === null ? null : String(leftOut),
    isFromRate: rate !== null,
    contents,
  };
}

/** The contents as given in the line itself. */
function removeLeftOut(
  shape: FactShape,
  contents: readonly StoredValue[],
  leftOut: string | null,
): readonly StoredValue[] {
  if (leftOut === null) return contents;
  const names = new Set(JSON.parse(leftOut) as string[]);
  return contents.map((value, at) => (names.has(shape.contents[at]?.name ?? '') ? null : value));
}

function byArrival(a: DatedStatement, b: DatedStatement): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.version !== b.version) return a.version - b.version;
  return Number(a.isRepeat) - Number(b.isRepeat) || a.fetchRef - b.fetchRef;
}

/** The value of a fact, and the statement that set it last. */
export interface FactValue {
  readonly contents: readonly StoredValue[];
  readonly by: FactStatement;
  readonly leftOut: readonly string[];
}

/** Applies the statements one after the other. Returns `undefined` without statements. */
export function computeFactValue(
  shape: FactShape,
  statements: readonly FactStatement[],
): FactValue | undefined {
  let holding: FactValue | undefined;
  for (const by of statements) {
    const { contents, leftOut } = mergeContents(shape, by.values, holding?.contents);
    holding = { contents, leftOut, by };
  }
  return holding;
}

const TABLE = `
CREATE TEMP TABLE IF NOT EXISTS undo_key (
  fact_table TEXT, fact_key TEXT, PRIMARY KEY (fact_table, fact_key)
) WITHOUT ROWID`;

const REPEATED = `
INSERT OR IGNORE INTO temp.undo_key
SELECT fact_table, fact_key FROM repeated_fact WHERE fetch_ref = ? AND fact_table = ?`;

const PAGE = `
SELECT fact_key FROM temp.undo_key WHERE fact_table = ? AND fact_key > ?
ORDER BY fact_key LIMIT 1000`;

export interface TouchedFacts {
  /** The keys of one table, each once. */
  keysOf(shape: FactShape): Generator<readonly StoredValue[]>;
  clear(): void;
}

export function createTouchedFacts(db: Database, fetchRef: number): TouchedFacts {
  db.exec(TABLE);
  const repeated = db.prepare(REPEATED);
  const page = prepareQuery<string>(db, PAGE).pluck();
  const collected = new Set<string>();
  const collect = (shape: FactShape) => {
    const key = shape.key.map((plan) => plan.name).join(', ');
    db.prepare(
      `INSERT OR IGNORE INTO temp.undo_key
       SELECT DISTINCT '${shape.name}', json_array(${key}) FROM ${shape.name} WHERE fetch_ref = ?`,
    ).run(fetchRef);
    repeated.run(fetchRef, shape.name);
    collected.add(shape.name);
  };
  return {
    *keysOf(shape) {
      if (!collected.has(shape.name)) collect(shape);
      for (let after = ''; ; ) {
        const keys = page.all(shape.name, after);
        for (const key of keys) yield JSON.parse(key) as StoredValue[];
        const last = keys.at(-1);
        if (last === undefined) return;
        after = last;
      }
    },
    clear: () => db.exec('DELETE FROM temp.undo_key'),
  };
}
