/**
 * Knows how a fact with a key is written once: new, restated as a new version, or already known.
 */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { getTableName } from '../drizzle.ts';
import type { Confirmed } from './confirmed.ts';
import { type ColumnPlan, columnPlans, inserter, type Stored } from './insert.ts';
import type { Place, Put } from './place.ts';

type Bookkeeping = 'version' | 'recordedAtMs' | 'fetchRef' | 'position';

/** A fact without what the ledger adds to it. */
export type FactOf<Table extends SQLiteTable> = Omit<Table['$inferInsert'], Bookkeeping>;

export interface VersionedWriter<Table extends SQLiteTable> {
  /** Writes the fact unless it is known; `rowId` names a row that was written. */
  readonly put: (fact: FactOf<Table>, place: Place) => { put: Put; rowId?: number };
}

export interface VersionedOptions<Table extends SQLiteTable> {
  readonly table: Table;
  readonly key: readonly (keyof FactOf<Table> & string)[];
  /** Columns that name a row and say nothing: left out of the comparison. */
  readonly ids?: readonly (keyof Table['$inferInsert'] & string)[];
  /** Columns that stay true once told: a fact that leaves them out keeps what was known. */
  readonly lasting?: readonly (keyof FactOf<Table> & string)[];
  /** Columns that follow from others: leaving them out where all else is alike says nothing new. */
  readonly derived?: readonly (keyof FactOf<Table> & string)[];
}

const BOOKKEEPING: readonly string[] = [
  'version',
  'recordedAtMs',
  'fetchRef',
  'position',
] satisfies Bookkeeping[];

/**
 * A writer for a table whose rows have a key and a version. A fact is compared with the version in
 * force at its time, so that what is recorded later wins, whichever arrives first.
 */
export function versionedWriter<Table extends SQLiteTable>(
  db: Database,
  confirmed: Confirmed,
  { table, key, ids = [], lasting = [], derived = [] }: VersionedOptions<Table>,
): VersionedWriter<Table> {
  const plans = columnPlans(table);
  const keyPlans = key.map((name) => plans.find((plan) => plan.key === name) as ColumnPlan);
  const apart = new Set<string>([...key, ...ids, ...BOOKKEEPING]);
  const contents = plans.filter((plan) => !apart.has(plan.key));
  const name = getTableName(table);
  const statements = keyedStatements(db, name, { keyPlans, contents });
  const insert = inserter(db, table);
  const silent = new Set<string>(derived);
  const withLasting = fillerOf<FactOf<Table>>(contents, lasting);
  return {
    put(told, place) {
      const keyOf: Readonly<Record<string, unknown>> = told;
      const keyValues = keyPlans.map((plan) => plan.store(keyOf[plan.key]));
      // Most keys are new, and the index alone tells so.
      const newest = statements.newestVersion(keyValues);
      const known = newest === 0 ? undefined : statements.inForce(keyValues, place.recordedAtMs);
      const keyText = keyValues.join('\n');
      const fact = known === undefined ? told : withLasting(told, known.row);
      if (known !== undefined) {
        const values: Readonly<Record<string, unknown>> = fact;
        const same = contents.every((plan, at) => {
          const value = plan.store(values[plan.key]);
          return (value === null && silent.has(plan.key)) || alike(value, known.row[at]);
        });
        const ours = known.fetchRef === place.fetchRef;
        if (same && !ours) confirmed.note(place.fetchRef, name, keyText);
        if (same) return { put: 'unchanged' };
        const repeated = ours || confirmed.has(place.fetchRef, name, keyText);
        if (repeated) return { put: 'contradicted' };
      }
      const rowId = insert({ ...fact, ...place, version: newest + 1 });
      return { put: known === undefined ? 'added' : 'restated', rowId };
    },
  };
}

/** Puts what is known into the columns that a fact leaves out, for the columns that last. */
function fillerOf<Fact extends object>(
  contents: readonly ColumnPlan[],
  lasting: readonly string[],
) {
  const places = lasting.map((key) => {
    return { key, at: contents.findIndex((plan) => plan.key === key) };
  });
  return (fact: Fact, row: readonly Stored[]): Fact => {
    const values = fact as Readonly<Record<string, unknown>>;
    const missing = places.filter(({ key }) => values[key] === undefined || values[key] === null);
    const known = missing.map(({ key, at }) => [key, plainStored(row[at] ?? null)]);
    return known.length === 0 ? fact : { ...fact, ...Object.fromEntries(known) };
  };
}

function plainStored(value: Stored): Stored {
  return typeof value === 'bigint' ? Number(value) : value;
}

interface KeyedStatements {
  inForce(key: Stored[], atMs: number): { row: Stored[]; fetchRef: number } | undefined;
  newestVersion(key: Stored[]): number;
}

function keyedStatements(
  db: Database,
  name: string,
  { keyPlans, contents }: { keyPlans: ColumnPlan[]; contents: ColumnPlan[] },
): KeyedStatements {
  const where = keyPlans.map((plan) => `${plan.name} = ?`).join(' AND ');
  const columns = [...contents.map((plan) => plan.name), 'fetch_ref'].join(', ');
  const inForce = db
    .prepare(
      `SELECT ${columns} FROM ${name} WHERE ${where} AND recorded_at_ms <= ?
       ORDER BY recorded_at_ms DESC, version DESC LIMIT 1`,
    )
    .raw();
  const newest = db.prepare(`SELECT max(version) FROM ${name} WHERE ${where}`).pluck();
  return {
    inForce(key, atMs) {
      const row = inForce.get(...key, atMs) as Stored[] | undefined;
      return row === undefined ? undefined : { row, fetchRef: Number(row.at(-1)) };
    },
    newestVersion: (key) => Number(newest.get(...key) ?? 0),
  };
}

/** A number and the bigint that SQLite hands back for it are alike; null is like null only. */
function alike(a: Stored, b: Stored | undefined): boolean {
  return a === null || b === null ? a === b : String(a) === String(b);
}
