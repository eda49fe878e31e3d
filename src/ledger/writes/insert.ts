/** Knows how a typed row becomes one positional, prepared insert. */

import type { Database } from 'better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { getTableColumns, getTableName } from '../drizzle.ts';

/** A value as SQLite takes it. */
export type Stored = string | number | bigint | Uint8Array | null;

/** One column of a table: its key in typed rows, its name in SQL, and how a value is stored. */
export interface ColumnPlan {
  readonly key: string;
  readonly name: string;
  store(value: unknown): Stored;
}

export function columnPlans(table: SQLiteTable): ColumnPlan[] {
  return Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    name: column.name,
    store: (value) =>
      value === undefined || value === null ? null : (column.mapToDriverValue(value) as Stored),
  }));
}

/** Inserts typed rows into a table and answers the row's id; columns left out are null. */
export function inserter<Table extends SQLiteTable>(
  db: Database,
  table: Table,
): (row: Table['$inferInsert']) => number {
  const plans = columnPlans(table);
  const names = plans.map((plan) => plan.name).join(', ');
  const marks = plans.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO ${getTableName(table)} (${names}) VALUES (${marks})`);
  return (row) => {
    const values: Readonly<Record<string, unknown>> = row;
    return Number(insert.run(...plans.map((plan) => plan.store(values[plan.key]))).lastInsertRowid);
  };
}
