/** Prepares SQL text. Rows have the type that the caller states, with or without bigints. */

import type { Database, Statement } from 'better-sqlite3';

/** A prepared statement. With `pluck()` a row is the value of its first column. */
export type Query<Row> = Statement<unknown[], Row>;

/** Integers are numbers: for times, references and counts. */
export function prepareQuery<Row>(db: Database, sql: string): Query<Row> {
  return db.prepare<unknown[], Row>(sql).safeIntegers(false);
}

/** Integers are bigints: for money and tokens, which may exceed a double. */
export function prepareExactQuery<Row>(db: Database, sql: string): Query<Row> {
  return db.prepare<unknown[], Row>(sql);
}
