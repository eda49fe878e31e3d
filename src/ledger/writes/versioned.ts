/**
 * Writes a fact with a key once: it is new, restated as a new version, or already known.
 */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Confirmed } from './confirmed.ts';
import {
  alike,
  type FactOf,
  type FactShape,
  keyText,
  merged,
  shapeOf,
  type VersionedTable,
  versionInserter,
} from './factShape.ts';
import type { Stored } from './insert.ts';
import type { Place, Put } from './place.ts';

export interface VersionedWriter<Table extends SQLiteTable> {
  readonly shape: FactShape;
  /**
   * Writes the fact unless it is known, or its place forbids it. What is only presumed gives way to
   * what is known.
   */
  readonly put: (
    fact: FactOf<Table>,
    place: Place,
    presumed?: readonly (keyof FactOf<Table> & string)[],
  ) => FactPut;
}

/** What became of one fact. */
export interface FactPut {
  readonly put: Put;
  readonly key: readonly Stored[];
  readonly contents: readonly Stored[];
  /** Names a row that was written. */
  readonly rowId?: number;
  /** What was in force before. */
  readonly earlier?: InForce;
}

export interface InForce {
  readonly contents: readonly Stored[];
  readonly version: number;
  readonly fetchRef: number;
  readonly position: number;
  /** Set where an undo wrote it. */
  readonly undoRef: number | undefined;
}

/**
 * A writer for a table whose rows have a key and a version. A fact is compared with the version in
 * force at its time, so that what is recorded later wins, whichever arrives first.
 */
export function versionedWriter<Table extends SQLiteTable>(
  db: Database,
  confirmed: Confirmed,
  table: VersionedTable<Table>,
): VersionedWriter<Table> {
  const shape = shapeOf(table);
  const statements = keyedStatements(db, shape);
  const insert = versionInserter(db, shape);
  const put: VersionedWriter<Table>['put'] = (fact, place, presumed = []) => {
    const values: Readonly<Record<string, unknown>> = { withdrawn: false, ...fact };
    const key = shape.key.map((plan) => plan.store(values[plan.key]));
    const own = shape.contents.map((plan) => plan.store(values[plan.key]));
    // Most keys are new, and the index alone tells so.
    const newest = statements.newestVersion(key);
    const found = newest === 0 ? undefined : statements.inForce(key, place.recordedAtMs);
    // What an undo withdrew was never said, as far as anyone can tell now.
    const known = found !== undefined && isUndone(shape, found) ? undefined : found;
    const isPresumed = (at: number) => presumed.some((name) => name === shape.contents[at]?.key);
    const told =
      known === undefined || presumed.length === 0
        ? own
        : own.map((value, at) => (isPresumed(at) ? (known.contents[at] ?? value) : value));
    const { contents, leftOut, isSame } = merged(shape, told, known?.contents);
    const at = { key, contents, ...(known === undefined ? {} : { earlier: known }) };
    if (known !== undefined) {
      const ours = known.fetchRef === place.fetchRef && known.undoRef === undefined;
      const name = { table: shape.name, key: keyText(key) };
      if (isSame && !ours) confirmed.note({ ...name, ...place, known, leftOut });
      if (isSame) return { put: 'unchanged', ...at };
      const repeated = ours || confirmed.has(place.fetchRef, name.table, name.key);
      if (repeated) return { put: 'contradicted', ...at };
      if (place.byHand === true && isElsewhere(shape, told, known)) {
        return { put: 'misplaced', ...at };
      }
    }
    const rowId = insert({ ...place, key, contents, version: newest + 1, leftOut });
    return { put: known === undefined ? 'added' : 'restated', rowId, ...at };
  };
  return { shape, put };
}

function isUndone(shape: FactShape, found: InForce): boolean {
  return found.undoRef !== undefined && Number(found.contents[shape.withdrawn] ?? 0) === 1;
}

/** Does a line speak of something else than the known one, though under the same key? */
function isElsewhere(shape: FactShape, told: readonly Stored[], known: InForce): boolean {
  if (Number(known.contents[shape.withdrawn] ?? 0) === 1) return false;
  return shape.identity.some((at) => !alike(told[at], known.contents[at]));
}

interface KeyedStatements {
  inForce(key: Stored[], atMs: number): InForce | undefined;
  newestVersion(key: Stored[]): number;
}

function keyedStatements(db: Database, shape: FactShape): KeyedStatements {
  const where = shape.key.map((plan) => `${plan.name} = ?`).join(' AND ');
  const undo = shape.hasUndo ? 'undo_ref' : 'NULL';
  const columns = shape.contents.map((plan) => plan.name).join(', ');
  const inForce = db
    .prepare(
      `SELECT version, fetch_ref, position, ${undo}, ${columns} FROM ${shape.name}
       WHERE ${where} AND recorded_at_ms <= ? ORDER BY recorded_at_ms DESC, version DESC LIMIT 1`,
    )
    .raw();
  const newest = db.prepare(`SELECT max(version) FROM ${shape.name} WHERE ${where}`).pluck();
  return {
    inForce(key, atMs) {
      const row = inForce.get(...key, atMs) as Stored[] | undefined;
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
    newestVersion: (key) => Number(newest.get(...key) ?? 0),
  };
}
