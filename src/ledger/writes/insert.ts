/** How a typed row becomes one positional, prepared insert. */

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

/** Something that sees every row of a table that is written. */
interface Notes {
  noter(table: string, names: readonly string[]): (values: readonly Stored[]) => void;
}

/** Inserts typed rows into a table and answers the row's id; columns left out are null. */
export function inserter<Table extends SQLiteTable>(
  db: Database,
  table: Table,
  notes?: Notes,
): (row: Table['$inferInsert']) => number {
  const plans = columnPlans(table);
  const names = plans.map((plan) => plan.name);
  const marks = plans.map(() => '?').join(', ');
  const into = `${getTableName(table)} (${names.join(', ')})`;
  const insert = db.prepare(`INSERT INTO ${into} VALUES (${marks})`);
  const note = notes?.noter(getTableName(table), names);
  return (row) => {
    const typed: Readonly<Record<string, unknown>> = row;
    const values = plans.map((plan) => plan.store(typed[plan.key]));
    note?.(values);
    return Number(insert.run(...values).lastInsertRowid);
  };
}
