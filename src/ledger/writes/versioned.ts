/** Writes a fact by its key: added, restated as a new version, or unchanged. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { RepeatLog } from './repeatLog.ts';
import {
  equalsStored,
  type FactOf,
  type FactShape,
  toKeyJson,
  mergeContents,
  toFactShape,
  type VersionedTable,
  createVersionInserter,
} from './factShape.ts';
import type { StoredValue } from './insert.ts';
import { getRow, prepareExactQuery, prepareQuery } from '../statement.ts';
import type { FactOrigin, PutResult } from './tally.ts';

export interface VersionedWriter<Table extends SQLiteTable> {
  readonly shape: FactShape;
  /**
   * Writes the fact unless it is known or its place forbids it. A presumed value does not replace a
   * known one.
   */
  readonly put: (
    fact: FactOf<Table>,
    place: FactOrigin,
    presumed?: readonly (keyof FactOf<Table> & string)[],
  ) => FactResult;
}

/** The result for one fact. */
export interface FactResult {
  readonly put: PutResult;
  readonly key: readonly StoredValue[];
  readonly contents: readonly StoredValue[];
  /** The row that was written. */
  readonly rowId?: number;
  /** The version that was in force before. */
  readonly earlier?: VersionInForce;
}

export interface VersionInForce {
  readonly contents: readonly StoredValue[];
  readonly version: number;
  readonly fetchRef: number;
  readonly position: number;
  /** The undo that wrote it, if any. */
  readonly undoRef: number | undefined;
}

/**
 * A writer for a table with keys and versions. A fact is compared with the version in force at its
 * time. The version recorded later is in force, whichever is written first.
 */
export function createVersionedWriter<Table extends SQLiteTable>(
  db: Database,
  repeats: RepeatLog,
  table: VersionedTable<Table>,
): VersionedWriter<Table> {
  const shape = toFactShape(table);
  const statements = createStatements(db, shape);
  const insert = createVersionInserter(db, shape);
  const put: VersionedWriter<Table>['put'] = (fact, place, presumed = []) => {
    const values: Readonly<Record<string, unknown>> = { withdrawn: false, ...fact };
    const key = shape.key.map((plan) => plan.store(values[plan.key]));
    const given = shape.contents.map((plan) => plan.store(values[plan.key]));
    // Most keys are new, which the index alone shows.
    const newest = statements.newestVersion(key);
    const found = newest === 0 ? undefined : statements.inForce(key, place.recordedAtMs);
    // A version withdrawn by an undo counts as never recorded.
    const known = found !== undefined && isUndone(shape, found) ? undefined : found;
    const isPresumed = (at: number) => presumed.some((name) => name === shape.contents[at]?.key);
    const line =
      known === undefined || presumed.length === 0
        ? given
        : given.map((value, at) => (isPresumed(at) ? (known.contents[at] ?? value) : value));
    const { contents, leftOut, isSame } = mergeContents(shape, line, known?.contents);
    const at = { key, contents, ...(known === undefined ? {} : { earlier: known }) };
    if (known !== undefined) {
      const isOurs = known.fetchRef === place.fetchRef && known.undoRef === undefined;
      const name = { table: shape.name, key: toKeyJson(key) };
      if (isSame && !isOurs) repeats.note({ ...name, ...place, known, leftOut });
      if (isSame) return { put: 'unchanged', ...at };
      const repeated = isOurs || repeats.has(place.fetchRef, name.table, name.key);
      if (repeated) return { put: 'contradicted', ...at };
      if (place.byHand === true && differsInIdentity(shape, line, known)) {
        return { put: 'misplaced', ...at };
      }
    }
    const rowId = insert({ ...place, key, contents, version: newest + 1, leftOut });
    return { put: known === undefined ? 'added' : 'restated', rowId, ...at };
  };
  return { shape, put };
}

function isUndone(shape: FactShape, found: VersionInForce): boolean {
  return found.undoRef !== undefined && Number(found.contents[shape.withdrawn] ?? 0) === 1;
}

/** Whether a line describes something else than the known fact with its key. */
function differsInIdentity(
  shape: FactShape,
  line: readonly StoredValue[],
  known: VersionInForce,
): boolean {
  if (Number(known.contents[shape.withdrawn] ?? 0) === 1) return false;
  return shape.identity.some((at) => !equalsStored(line[at], known.contents[at]));
}

interface KeyedStatements {
  inForce(key: StoredValue[], atMs: number): VersionInForce | undefined;
  newestVersion(key: StoredValue[]): number;
}

function createStatements(db: Database, shape: FactShape): KeyedStatements {
  const where = shape.key.map((plan) => `${plan.name} = ?`).join(' AND ');
  const undo = shape.hasUndo ? 'undo_ref' : 'NULL';
  const columns = shape.contents.map((plan) => plan.name).join(', ');
  const inForce = prepareExactQuery<StoredValue[]>(
    db,
    `SELECT version, fetch_ref, position, ${undo}, ${columns} FROM ${shape.name}
       WHERE ${where} AND recorded_at_ms <= ? ORDER BY recorded_at_ms DESC, version DESC LIMIT 1`,
  ).raw();
  const newest = prepareQuery<number | null>(
    db,
    `SELECT max(version) FROM ${shape.name} WHERE ${where}`,
  ).pluck();
  return {
    inForce(key, atMs) {
      const row = inForce.get(...key, atMs);
      if (row === undefined) return undefined;
      const [version, fetchRef, position, undoRef, ...contents] = row;
      return {
        contents,
        version: Number(version),
        fetchRef: Number(fetchRef),
        position: Number(position),
        undoRef: undoRef === null ? undefined : Number(undoRef),
      };
    },
    newestVersion: (key) => getRow(newest, ...key) ?? 0,
  };
}
