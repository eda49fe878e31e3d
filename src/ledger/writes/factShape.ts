/** Describes the columns of a versioned table: its key, its contents, and bookkeeping. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { getTableName } from '../store.ts';
import { getFactDigests } from '../factDigests.ts';
import { type ColumnPlan, columnPlans, type StoredValue } from './insert.ts';
import { charges, invoiceLines, opsEntries } from '../tables/bill.ts';
import { exchangeRates, gpuRates, hostedPrices } from '../tables/price.ts';
import {
  gpuActivities,
  hostedUsage,
  latencyHistograms,
  requestCounts,
  usage,
  usageParts,
} from '../tables/usage.ts';

const BOOKKEEPING = [
  'version',
  'recordedAtMs',
  'fetchRef',
  'position',
  'undoRef',
  'leftOut',
  'rateRef',
] as const;

/** A fact without the columns that the ledger adds. */
export type FactOf<Table extends SQLiteTable> = Omit<
  Table['$inferInsert'],
  (typeof BOOKKEEPING)[number]
>;

export interface VersionedTable<Table extends SQLiteTable = SQLiteTable> {
  readonly table: Table;
  readonly key: readonly (keyof FactOf<Table> & string)[];
  /** Technical ids, which comparisons ignore. */
  readonly ids?: readonly (keyof Table['$inferInsert'] & string)[];
  /** Columns that keep their value: a fact that leaves them out takes the known value. */
  readonly lasting?: readonly (keyof FactOf<Table> & string)[];
  /** Columns derived from others. Leaving only these out counts as no change. */
  readonly derived?: readonly (keyof FactOf<Table> & string)[];
  /** Columns that must equal the known ones for a line of a file to restate a fact. */
  readonly identity?: readonly (keyof FactOf<Table> & string)[];
}

/** A {@link VersionedTable} as statements need it. Numbers are positions in `contents`. */
export interface FactShape {
  readonly name: string;
  readonly key: readonly ColumnPlan[];
  /** The columns with the content of a version. */
  readonly contents: readonly ColumnPlan[];
  readonly lasting: readonly number[];
  readonly derived: ReadonlySet<number>;
  readonly identity: readonly number[];
  /** -1 if facts of this table are never withdrawn. */
  readonly withdrawn: number;
  /** Whether an undo may write to it. */
  readonly hasUndo: boolean;
  readonly hasLeftOut: boolean;
  /** Whether an exchange rate may write to it. */
  readonly hasRate: boolean;
}

export function toFactShape<Table extends SQLiteTable>(of: VersionedTable<Table>): FactShape {
  const plans = columnPlans(of.table);
  const excluded = new Set<string>([...of.key, ...(of.ids ?? []), ...BOOKKEEPING]);
  const contents = plans.filter((plan) => !excluded.has(plan.key));
  const indexOf = (key: string) => contents.findIndex((plan) => plan.key === key);
  const has = (key: string) => plans.some((plan) => plan.key === key);
  return {
    name: getTableName(of.table),
    key: of.key.map((name) => plans.find((plan) => plan.key === name) as ColumnPlan),
    contents,
    lasting: (of.lasting ?? []).map(indexOf),
    derived: new Set((of.derived ?? []).map(indexOf)),
    identity: (of.identity ?? []).map(indexOf),
    withdrawn: indexOf('withdrawn'),
    hasUndo: has('undoRef'),
    hasLeftOut: has('leftOut'),
    hasRate: has('rateRef'),
  };
}

/** One row of a versioned table, in the order of its shape. */
export interface VersionRow {
  readonly key: readonly StoredValue[];
  readonly contents: readonly StoredValue[];
  readonly version: number;
  readonly recordedAtMs: number;
  readonly fetchRef: number;
  readonly position: number;
  readonly undoRef?: number;
  readonly leftOut?: readonly string[];
  readonly rateRef?: number;
}

/** Inserts versions and returns their row ids. */
export function createVersionInserter(db: Database, shape: FactShape): (row: VersionRow) => number {
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
  const note = getFactDigests(db).noter(shape.name, names);
  return ({ key, contents, version, recordedAtMs, fetchRef, position, ...rest }) => {
    const more: StoredValue[] = [];
    if (shape.hasUndo) more.push(rest.undoRef ?? null);
    if (shape.hasLeftOut) more.push(toLeftOutJson(rest.leftOut));
    if (shape.hasRate) more.push(rest.rateRef ?? null);
    const origin = [version, recordedAtMs, fetchRef, position];
    const values = [...key, ...contents, ...origin, ...more];
    note(values);
    return Number(insert.run(...values).lastInsertRowid);
  };
}

export function toLeftOutJson(names: readonly string[] | undefined): string | null {
  return names === undefined || names.length === 0 ? null : JSON.stringify(names);
}

/** A key as text, for tables that refer to facts of any kind: `["import","line-1"]`. */
export function toKeyJson(key: readonly StoredValue[]): string {
  return JSON.stringify(key.map((value) => (typeof value === 'bigint' ? Number(value) : value)));
}

/** Compares a number with the bigint that SQLite returns for it. Null equals only null. */
export function equalsStored(a: StoredValue | undefined, b: StoredValue | undefined): boolean {
  return a === null || b === null ? a === b : String(a) === String(b);
}

interface Merged {
  readonly contents: readonly StoredValue[];
  /** Columns that the line left out and that were taken over. */
  readonly leftOut: readonly string[];
  /** True if the line changes nothing. */
  readonly isSame: boolean;
}

/**
 * The contents after a line, given those before it. Both writing and undoing use this, so an undo
 * leaves exactly what the other lines alone would have produced.
 */
export function mergeContents(
  shape: FactShape,
  line: readonly StoredValue[],
  known: readonly StoredValue[] | undefined,
): Merged {
  if (known === undefined) return { contents: line, leftOut: [], isSame: false };
  const kept = shape.lasting.filter((at) => isNull(line[at]) && !isNull(known[at]));
  const completed = line.map((value, at) => (kept.includes(at) ? (known[at] ?? null) : value));
  const omitted = [...shape.derived].filter((at) => isNull(completed[at]) && !isNull(known[at]));
  const isSame = completed.every(
    (value, at) => omitted.includes(at) || equalsStored(value, known[at]),
  );
  const leftOut = (isSame ? [...kept, ...omitted] : kept).map(
    (at) => shape.contents[at]?.name ?? '',
  );
  return { contents: isSame ? known : completed, leftOut, isSame };
}

function isNull(value: StoredValue | undefined): boolean {
  return value === null || value === undefined;
}

export type ChargeFact = FactOf<typeof charges>;
export type PriceFact = FactOf<typeof hostedPrices>;

export const CHARGES: VersionedTable<typeof charges> = {
  table: charges,
  key: ['sourceId', 'key'],
  ids: ['chargeRef'],
  // A pod that is gone from the inventory is billed without its name, and keeps the known name. An
  // invoiced charge stays invoiced, even if a later response omits the invoice.
  lasting: ['resourceName', 'gpuType', 'gpuCount', 'invoiceId', 'commitmentId'],
  derived: ['quantityNum', 'quantityDen', 'unit', 'invoiceIssuedMs', 'commitmentStatus'],
  identity: ['resourceId', 'startMs', 'endMs'],
};

export const PRICES: VersionedTable<typeof hostedPrices> = {
  table: hostedPrices,
  key: ['sourceId', 'model', 'host', 'quantization', 'validFromMs', 'serviceTier'],
};

export const RATES: VersionedTable<typeof gpuRates> = {
  table: gpuRates,
  key: ['sourceId', 'provider', 'gpuType', 'pricingClass', 'validFromMs'],
};

export const OPS: VersionedTable<typeof opsEntries> = {
  table: opsEntries,
  key: ['sourceId', 'key'],
};

export const INVOICES: VersionedTable<typeof invoiceLines> = {
  table: invoiceLines,
  key: ['sourceId', 'key'],
};

export const EXCHANGE_RATES: VersionedTable<typeof exchangeRates> = {
  table: exchangeRates,
  key: ['currency', 'monthMs', 'sourceId'],
};

const USAGE: VersionedTable<typeof usage> = {
  table: usage,
  key: ['seriesRef', 'startMs'],
  identity: ['endMs'],
  derived: ['countedMs'],
};

export const USAGE_PARTS: VersionedTable<typeof usageParts> = {
  table: usageParts,
  key: ['deployment', 'sourceId', 'startMs', 'demand', 'tenant', 'team', 'adapter'],
};

export const LATENCY: VersionedTable<typeof latencyHistograms> = {
  table: latencyHistograms,
  key: ['deployment', 'sourceId', 'measure', 'startMs'],
};

export const GPU_ACTIVITY: VersionedTable<typeof gpuActivities> = {
  table: gpuActivities,
  key: ['deployment', 'sourceId', 'startMs'],
};

export const REQUEST_COUNTS: VersionedTable<typeof requestCounts> = {
  table: requestCounts,
  key: ['deployment', 'sourceId', 'startMs'],
};

export const HOSTED_USAGE: VersionedTable<typeof hostedUsage> = {
  table: hostedUsage,
  key: ['sourceId', 'startMs', 'model', 'host', 'serviceTier'],
};

/** All of them, by table name. Exchange rates come first, because charges depend on them. */
export const FACT_SHAPES = {
  exchange_rate: toFactShape(EXCHANGE_RATES),
  charge: toFactShape(CHARGES),
  usage: toFactShape(USAGE),
  usage_part: toFactShape(USAGE_PARTS),
  latency_histogram: toFactShape(LATENCY),
  gpu_activity: toFactShape(GPU_ACTIVITY),
  request_count: toFactShape(REQUEST_COUNTS),
  hosted_price: toFactShape(PRICES),
  gpu_rate: toFactShape(RATES),
  ops_entry: toFactShape(OPS),
  invoice_line: toFactShape(INVOICES),
  hosted_usage: toFactShape(HOSTED_USAGE),
} as const;
