/** Selects the version of a fact in force: the newest one recorded at or before a time. */

import type { Column, SQL } from 'drizzle-orm';
import { getTableName, sql } from './store.ts';

interface VersionedColumns {
  readonly recordedAtMs: Column;
  readonly version: Column;
}

/** True for rows that no row of the same key, recorded at or before `asOfMs`, replaces. */
export function inForce(table: VersionedColumns, key: readonly Column[], asOfMs: number): SQL {
  const name = getTableName(table.version.table);
  const sameKey = key.map((column) => `n.${column.name} = ${name}.${column.name}`).join(' AND ');
  return sql.join([
    sql.raw(`${name}.recorded_at_ms <= `),
    sql`${asOfMs}`,
    sql.raw(` AND NOT EXISTS (SELECT 1 FROM ${name} n WHERE ${sameKey} AND n.recorded_at_ms <= `),
    sql`${asOfMs}`,
    sql.raw(` AND (n.recorded_at_ms, n.version) > (${name}.recorded_at_ms, ${name}.version))`),
  ]);
}

/** The fields of a row without nulls. */
export type DefinedFields<Row> = { [Name in keyof Row]?: NonNullable<Row[Name]> };

export function definedFields<Row extends Readonly<Record<string, unknown>>>(
  row: Row,
): DefinedFields<Row> {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as DefinedFields<Row>;
}
