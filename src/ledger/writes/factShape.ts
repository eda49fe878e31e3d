/** The columns of a versioned table by their use: its key, what a version says, the rest. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { getTableName } from '../drizzle.ts';
import { factDigestsOf } from './factDigests.ts';
import { type ColumnPlan, columnPlans, type Stored } from './insert.ts';

const BOOKKEEPING = [
  'version',
  'recordedAtMs',
  'fetchRef',
  'position',
  'undoRef',
  'leftOut',
  'rateRef',
] as const;

/** A fact without what the ledger adds to it. */
export type FactOf<Table extends SQLiteTable> = Omit<
  Table['$inferInsert'],
  (typeof BOOKKEEPING)[number]
>;

export interface VersionedTable<Table extends SQLiteTable = SQLiteTable> {
  readonly table: Table;
  readonly key: readonly (keyof FactOf<Table> & string)[];
  /** Columns that name a row and say nothing: left out of the comparison. */
  readonly ids?: readonly (keyof Table['$inferInsert'] & string)[];
  /** Columns that stay true once told: a fact that leaves them out keeps what was known. */
  readonly lasting?: readonly (keyof FactOf<Table> & string)[];
  /** Columns that follow from others: leaving them out where all else is alike says nothing new. */
  readonly derived?: readonly (keyof FactOf<Table> & string)[];
  /** Columns in which a line of a file must agree with the known one to be its restatement. */
  readonly identity?: readonly (keyof FactOf<Table> & string)[];
}

/** A {@link VersionedTable} as statements need it; numbers are places in `contents`. */
export interface FactShape {
  readonly name: string;
  readonly key: readonly ColumnPlan[];
  /** What a version says. */
  readonly contents: readonly ColumnPlan[];
  readonly lasting: readonly number[];
  readonly derived: ReadonlySet<number>;
  readonly identity: readonly number[];
  /** -1 where facts of this table are never withdrawn. */
  readonly withdrawn: number;
  /** Whether an undo may write to it. */
  readonly hasUndo: boolean;
  readonly hasLeftOut: boolean;
  /** Whether an exchange rate may write to it. */
  readonly hasRate: boolean;
}

export function shapeOf<Table extends SQLiteTable>(of: VersionedTable<Table>): FactShape {
  const plans = columnPlans(of.table);
  const apart = new Set<string>([...of.key, ...(of.ids ?? []), ...BOOKKEEPING]);
  const contents = plans.filter((plan) => !apart.has(plan.key));
  const placeOf = (key: string) => contents.findIndex((plan) => plan.key === key);
  const has = (key: string) => plans.some((plan) => plan.key === key);
  return {
    name: getTableName(of.table),
    key: of.key.map((name) => plans.find((plan) => plan.key === name) as ColumnPlan),
    contents,
    lasting: (of.lasting ?? []).map(placeOf),
    derived: new Set((of.derived ?? []).map(placeOf)),
    identity: (of.identity ?? []).map(placeOf),
    withdrawn: placeOf('withdrawn'),
    hasUndo: has('undoRef'),
    hasLeftOut: has('leftOut'),
    hasRate: has('rateRef'),
  };
}

/** One row of a versioned table, in the order of its shape. */
export interface VersionRow {
  readonly key: readonly Stored[];
  readonly contents: readonly Stored[];
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
  readonly position: number;
  readonly undoRef?: number;
  readonly leftOut?: readonly string[];
  readonly rateRef?: number;
}

/** Inserts versions and answers each one's row id. */
export function versionInserter(db: Database, shape: FactShape): (row: VersionRow) => number {
  const extras = [
    ...(shape.hasUndo ? ['undo_ref'] : []),
    ...(shape.hasLeftOut ? ['left_out'] : []),
    ...(shape.hasRate ? ['rate_ref'] : []),
  ];
  const names = [
    ...[...shape.key, ...shape.contents].map((plan) => plan.name),
    'version',
    'recorded_at_ms',
    'fetch_ref',
    'position',
    ...extras,
  ];
  const insert = db.prepare(
    `INSERT INTO ${shape.name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const note = factDigestsOf(db).noter(shape.name, names);
  return ({ key, contents, version, recordedAtMs, fetchRef, position, ...rest }) => {
    const more: Stored[] = [];
    if (shape.hasUndo) more.push(rest.undoRef ?? null);
    if (shape.hasLeftOut) more.push(leftOutText(rest.leftOut));
    if (shape.hasRate) more.push(rest.rateRef ?? null);
    const origin = [version, recordedAtMs, fetchRef, position];
    const values = [...key, ...contents, ...origin, ...more];
    note(values);
    return Number(insert.run(...values).lastInsertRowid);
  };
}

export function leftOutText(names: readonly string[] | undefined): string | null {
  return names === undefined || names.length === 0 ? null : JSON.stringify(names);
}

/** A key as one text, for tables that name facts of any kind: `["import","line-1"]`. */
export function keyText(key: readonly Stored[]): string {
  return JSON.stringify(key.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
}

/** A number and the bigint that SQLite hands back for it are alike; null is like null only. */
export function alike(a: Stored | undefined, b: Stored | undefined): boolean {
  return a === null || b === null ? a === b : String(a) === String(b);
}

interface Merged {
  readonly contents: readonly Stored[];
  /** Columns that the line left out and that were taken over. */
  readonly leftOut: readonly string[];
  /** True where nothing changes by the line. */
  readonly isSame: boolean;
}

/**
 * What holds after a line, given what held before it. Both the writer and whoever undoes an import
 * ask here, so that what is left after an undo is what the other lines alone would have made.
 */
export function merged(
  shape: FactShape,
  told: readonly Stored[],
  known: readonly Stored[] | undefined,
): Merged {
  if (known === undefined) return { contents: told, leftOut: [], isSame: false };
  const taken = shape.lasting.filter((at) => isNull(told[at]) && !isNull(known[at]));
  const filled = told.map((value, at) => (taken.includes(at) ? (known[at] ?? null) : value));
  const silent = [...shape.derived].filter((at) => isNull(filled[at]) && !isNull(known[at]));
  const isSame = filled.every((value, at) => silent.includes(at) || alike(value, known[at]));
  const leftOut = (isSame ? [...taken, ...silent] : taken).map(
    (at) => shape.contents[at]?.name ?? '',
  );
  return { contents: isSame ? known : filled, leftOut, isSame };
}

function isNull(value: Stored | undefined): boolean {
  return value === null || value === undefined;
}
