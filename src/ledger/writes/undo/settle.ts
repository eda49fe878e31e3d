/** Updates one fact to what the remaining fetches state, with a new version if needed. */

import type { Database } from 'better-sqlite3';
import { Failure, invariant } from '../../../domain/failure.ts';
import type { FetchName, Restatement } from '../../imports.ts';
import { createVersionInserter, equalsStored, type FactShape } from '../factShape.ts';
import { describeChange, toValueMap } from '../factText.ts';
import { fetchFile, type FindFetchName, isManual, NO_POSITION } from '../tally.ts';
import type { StoredValue } from '../insert.ts';
import { getRow, prepareQuery } from '../../statement.ts';
import {
  computeFactValue,
  createHistoryReader,
  type FactHistory,
  type FactStatement,
  type FactValue,
} from './statements.ts';

/** An undo in progress. */
export interface UndoContext {
  readonly undoRef: number;
  readonly recordedAtMs: number;
  /** Fetches that do not count from now on. */
  readonly undone: ReadonlySet<number>;
  readonly nameOf: FindFetchName;
}

/** The result for one fact. */
export type SettleResult =
  | {
      readonly kind: 'withdrawn' | 'restored';
      readonly change: () => Restatement;
      readonly nano: Nano;
    }
  | { readonly kind: 'kept'; readonly by: number }
  | { readonly kind: 'nothing' };

interface Nano {
  readonly was: bigint;
  readonly now: bigint;
}

type Key = readonly StoredValue[];

export interface SettleHooks {
  /** Gets the statements of each fact that still count, before anything is written. */
  readonly look: (counting: readonly FactStatement[]) => void;
  /** Gets the row id of each version that was written. */
  readonly wrote: (rowId: number) => void;
  /** Converts contents to the current exchange rates. */
  readonly current: (contents: readonly StoredValue[]) => readonly StoredValue[];
}

const DEPLOYMENT = 'SELECT deployment FROM usage_series WHERE series_ref = ?';

/** Creates the function that settles facts of one table. */
export function createSettler(
  db: Database,
  shape: FactShape,
  { look, wrote, current: currentOf }: SettleHooks,
): (key: Key, undoing: UndoContext) => SettleResult {
  const read = createHistoryReader(db, shape);
  const insert = createVersionInserter(db, shape);
  const deploymentOf = prepareQuery<string>(db, DEPLOYMENT).pluck();
  const toValues = (key: Key, contents: readonly StoredValue[]) => {
    const values = new Map(toValueMap(shape, { key, contents }));
    if (shape.name === 'usage') values.set('deployment', getRow(deploymentOf, key[0]));
    return values;
  };
  return (key, undoing) => {
    const history = read(key);
    invariant(history !== undefined, 'an imported fact must exist');
    const counting = history.statements.filter(({ fetchRef }) => !undoing.undone.has(fetchRef));
    look(counting);
    const { current } = history;
    const stated = computeFactValue(shape, counting);
    const holding = stated && { ...stated, contents: currentOf(stated.contents) };
    const step = stepFor(shape, history, { holding, undoing });
    if (step.row !== undefined) {
      const { undoRef, recordedAtMs } = undoing;
      const version = history.newestVersion + 1;
      wrote(insert({ ...step.row, key, version, recordedAtMs, undoRef }));
    }
    if (step.kind === 'nothing' || step.row === undefined || step.kind === 'kept') {
      return holding === undefined
        ? { kind: 'nothing' }
        : { kind: 'kept', by: holding.by.fetchRef };
    }
    const after = step.row.contents;
    const nano = { was: billedNano(shape, current.contents), now: billedNano(shape, after) };
    // Only a few of a million changed facts are listed, so this runs on demand.
    const change = () => {
      const from = { ...undoing.nameOf(current.fetchRef), position: current.position };
      const [was, now] = [toValues(key, current.contents), toValues(key, after)];
      return { position: current.position, ...describeChange(shape.name, was, now), earlier: from };
    };
    return { kind: step.kind, change, nano };
  };
}

function billedNano(shape: FactShape, contents: readonly StoredValue[]): bigint {
  const at = shape.contents.findIndex(({ key }) => key === 'billedNanoUsd');
  return at < 0 ? 0n : BigInt(contents[at] as bigint | number);
}

interface Row {
  readonly contents: readonly StoredValue[];
  readonly fetchRef: number;
  readonly position: number;
  readonly leftOut?: readonly string[];
}

interface Step {
  readonly kind: 'withdrawn' | 'restored' | 'kept' | 'nothing';
  readonly row?: Row;
}

/** The version to write so that the remaining statements are in force. */
function stepFor(
  shape: FactShape,
  { current }: FactHistory,
  { holding, undoing }: { holding: FactValue | undefined; undoing: UndoContext },
): Step {
  if (holding === undefined) {
    if (Number(current.contents[shape.withdrawn]) === 1) return { kind: 'nothing' };
    const contents = eraseContents(shape, current.contents);
    return {
      kind: 'withdrawn',
      row: { contents, fetchRef: undoing.undoRef, position: NO_POSITION },
    };
  }
  const { contents, by, leftOut } = holding;
  const row = { contents, leftOut, fetchRef: by.fetchRef, position: by.position };
  const isSame = contents.every((value, at) => equalsStored(value, current.contents[at]));
  if (!isSame) return { kind: 'restored', row };
  // The value is unchanged, but now comes from another fetch.
  return undoing.undone.has(current.fetchRef) ? { kind: 'kept', row } : { kind: 'kept' };
}

/** The values of a withdrawn charge. */
const ERASED: ReadonlyMap<string, StoredValue> = new Map<string, StoredValue>([
  ['withdrawn', 1],
  ['billedNanoUsd', 0],
  ['listNanoUsd', null],
  ['effectiveNanoUsd', null],
  ['originalCurrency', null],
  ['originalAmount', null],
  ['originalList', null],
  ['originalEffective', null],
]);

/** The contents of a fact without statements. A later line must not inherit its values. */
function eraseContents(shape: FactShape, contents: readonly StoredValue[]): readonly StoredValue[] {
  return contents.map((value, at) => {
    if (shape.lasting.includes(at) || shape.derived.has(at)) return null;
    const replacement = ERASED.get(shape.contents[at]?.key ?? '');
    return replacement === undefined ? value : replacement;
  });
}

/** The import that would count again. */
interface Revived {
  readonly file: FetchName;
  readonly nameOf: FindFetchName;
}

/**
 * Of two lines with one key that describe different things only one can count. An import would
 * reject the second.
 */
export function rejectOtherIdentity(
  shape: FactShape,
  statements: readonly FactStatement[],
  { file, nameOf }: Revived,
): void {
  const active = statements.filter(({ values }) => Number(values[shape.withdrawn]) === 0);
  const own = active.find(({ fetchRef }) => fetchRef === file.fetchRef);
  if (own === undefined) return;
  const other = active.find(({ values }) =>
    shape.identity.some((at) => !equalsStored(values[at], own.values[at])),
  );
  if (other !== undefined) throw collision(file, own.position, nameOf(other.fetchRef));
}

/** CROSS JOIN fixes the order: the one interval first, then the few that may overlap it. */
const OVERLAP = `
SELECT o.fetch_ref AS fetchRef, u.position
FROM usage AS u CROSS JOIN usage_series AS s ON s.series_ref = u.series_ref
CROSS JOIN usage AS o ON o.series_ref = u.series_ref
WHERE u.series_ref = ? AND u.start_ms = ? AND u.undo_ref = ? AND u.withdrawn = 0
  AND o.start_ms > u.start_ms - s.longest_ms AND o.start_ms < u.end_ms
  AND o.start_ms <> u.start_ms AND o.end_ms > u.start_ms AND o.withdrawn = 0
  AND NOT EXISTS (
    SELECT 1 FROM usage AS n
    WHERE n.series_ref = o.series_ref AND n.start_ms = o.start_ms
      AND (n.recorded_at_ms, n.version) > (o.recorded_at_ms, o.version))
LIMIT 1`;

/** Checks, after all writes, whether an interval that the undo wrote overlaps another one. */
export function createOverlapCheck(db: Database) {
  const find = prepareQuery<{ fetchRef: number; position: number }>(db, OVERLAP);
  return (key: readonly StoredValue[], undoRef: number, { file, nameOf }: Revived): void => {
    const found = find.get(...key, undoRef);
    if (found !== undefined) throw collision(file, found.position, nameOf(found.fetchRef));
  };
}

function collision(file: FetchName, line: number, other: FetchName): Failure {
  const since = `conflicts with ${fetchFile(other)} (fetch ${other.fetchRef})`;
  return new Failure(
    'refused',
    `fetch ${file.fetchRef} cannot count again: line ${line} of ${fetchFile(file)} ${since}`,
    {
      expected: 'no other row with the same id, and no other interval for the same time',
      hint: isManual(other)
        ? `undo that import first: rentcheck import --undo ${other.fetchRef}`
        : 'import the rows that should count as a new file',
    },
  );
}
