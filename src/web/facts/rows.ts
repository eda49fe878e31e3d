/** Reads rows of a query result by column name; NULL becomes `undefined`. */

import { invariant } from '../../domain/failure.ts';
import type { QueryResult } from '../../ledger/ledger.ts';

type Cell = QueryResult['rows'][number][number];

/** One row. Reading a column that the query does not have is a bug. */
export interface ResultRow {
  text(column: string): string | undefined;
  number(column: string): number | undefined;
  whole(column: string): bigint | undefined;
}

export function toResultRows({ columns, rows }: QueryResult): ResultRow[] {
  const indexes = new Map(columns.map((name, at) => [name, at]));
  return rows.map((cells) => rowOf(cells, indexes));
}

function rowOf(cells: readonly Cell[], indexes: ReadonlyMap<string, number>): ResultRow {
  const cell = (column: string): Cell => {
    const at = indexes.get(column);
    invariant(at !== undefined, `the query has no column "${column}"`);
    return cells[at] ?? null;
  };
  const ifPresent = <T>(column: string, read: (value: string | number | bigint) => T) => {
    const value = cell(column);
    return value === null ? undefined : read(value);
  };
  return {
    text: (column) => ifPresent(column, String),
    number: (column) => ifPresent(column, Number),
    whole: (column) => ifPresent(column, BigInt),
  };
}
