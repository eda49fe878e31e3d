/** Prepares SQL text that reads. Rows have the type that the caller states. */

import type { Database, Statement } from 'better-sqlite3';
import { invariant } from '../domain/failure.ts';

/** With `pluck()` a row is the value of its first column, with `raw()` a tuple. */
type Query<Row> = Statement<unknown[], Row>;

/** Integers are numbers: for times, references and counts. */
export function prepareQuery<Row>(db: Database, sql: string): Query<Row> {
  return db.prepare<unknown[], Row>(sql).safeIntegers(false);
}

/** Integers are bigints: for money and tokens, which may exceed a double. */
export function prepareExactQuery<Row>(db: Database, sql: string): Query<Row> {
  return db.prepare<unknown[], Row>(sql).safeIntegers(true);
}

/** The row of a query that always has one, e.g. a sum. */
export function getRow<Row>(query: Query<Row>, ...parameters: readonly unknown[]): Row {
  const row = query.get(...parameters);
  invariant(row !== undefined, 'a query that always has a row returned none');
  return row;
}
