/** Selects the version of a fact in force: the newest one recorded at or before a time. */

import type { Column, SQL } from 'drizzle-orm';
import { and, sql } from './store.ts';

interface VersionedColumns {
  readonly recordedAtMs: Column;
  readonly version: Column;
}

/** True for rows that no row of the same key, recorded at or before `asOfMs`, replaces. */
export function inForce(table: VersionedColumns, key: readonly Column[], asOfMs: number): SQL {
  const { recordedAtMs, version } = table;
  const sameKey = and(...key.map((column) => sql`n.${sql.identifier(column.name)} = ${column}`));
  return sql`${recordedAtMs} <= ${asOfMs} AND NOT EXISTS (
    SELECT 1 FROM ${version.table} n WHERE ${sameKey} AND n.recorded_at_ms <= ${asOfMs}
      AND (n.recorded_at_ms, n.version) > (${recordedAtMs}, ${version}))`;
}

/** The fields of a row without nulls. */
export type DefinedFields<Row> = { [Name in keyof Row]?: NonNullable<Row[Name]> };

export function definedFields<Row extends Readonly<Record<string, unknown>>>(
  row: Row,
): DefinedFields<Row> {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as DefinedFields<Row>;
}
