/** Inserts typed rows through positional, prepared statements. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { getTableColumns, getTableName } from '../store.ts';

export type StoredValue = string | number | bigint | Uint8Array | null;

/** One column: its key in typed rows, its name in SQL, and its conversion. */
export interface ColumnPlan {
  readonly key: string;
  readonly name: string;
  store(value: unknown): StoredValue;
}

export function columnPlans(table: SQLiteTable): ColumnPlan[] {
  return Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    name: column.name,
    store: (value) =>
      value === undefined || value === null
        ? null
        : (column.mapToDriverValue(value) as StoredValue),
  }));
}

/** Sees every row that is written to a table. */
interface RowObserver {
  noter(table: string, names: readonly string[]): (values: readonly StoredValue[]) => void;
}

/** Inserts typed rows into a table and returns the row id. Missing columns are null. */
export function createInserter<Table extends SQLiteTable>(
  db: Database,
  table: Table,
  notes?: RowObserver,
): (row: Table['$inferInsert']) => number {
  const plans = columnPlans(table);
  const names = plans.map((plan) => plan.name);
  const placeholders = plans.map(() => '?').join(', ');
  const target = `${getTableName(table)} (${names.join(', ')})`;
  const insert = db.prepare(`INSERT INTO ${target} VALUES (${placeholders})`);
  const note = notes?.noter(getTableName(table), names);
  return (row) => {
    const typed: Readonly<Record<string, unknown>> = row;
    const values = plans.map((plan) => plan.store(typed[plan.key]));
    note?.(values);
    return Number(insert.run(...values).lastInsertRowid);
  };
}
