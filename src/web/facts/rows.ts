/** Reads rows of the ledger by the names of their columns; null is undefined. */

import { invariant } from '../../domain/invariant.ts';
import type { QueryResult } from '../../ledger/ledger.ts';

type Cell = QueryResult['rows'][number][number];

/** One row; asking for a column that is not there is a bug. */
export interface Row {
  text(column: string): string | undefined;
  number(column: string): number | undefined;
  whole(column: string): bigint | undefined;
}

export function rowsOf({ columns, rows }: QueryResult): Row[] {
  const places = new Map(columns.map((name, at) => [name, at]));
  return rows.map((cells) => rowOf(cells, places));
}

function rowOf(cells: readonly Cell[], places: ReadonlyMap<string, number>): Row {
  const cell = (column: string): Cell => {
    const at = places.get(column);
    invariant(at !== undefined, `the query has no column "${column}"`);
    return cells[at] ?? null;
  };
  const ifThere = <T>(column: string, read: (value: string | number | bigint) => T) => {
    const value = cell(column);
    return value === null ? undefined : read(value);
  };
  return {
    text: (column) => ifThere(column, String),
    number: (column) => ifThere(column, Number),
    whole: (column) => ifThere(column, BigInt),
  };
}
