/** How a person's SQL is run: one statement, on a connection that cannot write. */

import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { grouped } from '../../domain/counted.ts';
import { Failure } from '../../domain/failure.ts';
import type { QueryResult } from '../ledger.ts';
import { naming } from '../sqliteFailure.ts';

/** Pragmas that only tell. */
const TELLING = new Set([
  'application_id',
  'foreign_key_check',
  'foreign_key_list',
  'index_info',
  'index_list',
  'index_xinfo',
  'integrity_check',
  'quick_check',
  'schema_version',
  'table_info',
  'table_list',
  'table_xinfo',
  'user_version',
]);

/** A question of a person: one statement, and how much of its answer is wanted. */
export interface Question {
  readonly sql: string;
  /** So many rows are handed out at most; 0 is all of them. */
  readonly maxRows: number;
}

/** Some rows of an answer, in order. */
export interface RowBatch extends QueryResult {
  /** Set on the last batch where the statement has more rows than were wanted. */
  readonly isCut: boolean;
}

/** Rows that are handed on at once: a few hundred, or fewer that are long. */
const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 256 * 1024;
/** No cell is longer: nobody reads more, and it would stand in memory three times. */
const MOST_CHARACTERS = 16_000_000;

/** Runs one reading statement, all of its answer at once: for statements of our own. */
export function runQuery(db: Database, path: string, sql: string): QueryResult {
  let columns: readonly string[] = [];
  const rows: QueryResult['rows'][number][] = [];
  for (const batch of queryBatches(db, path, { sql, maxRows: 0 })) {
    columns = batch.columns;
    for (const row of batch.rows) rows.push(row);
  }
  return { columns, rows };
}

/**
 * Runs one reading statement; its answer comes in batches, at least one.
 * @throws {Failure} `usage` for anything that writes or changes settings, for several statements,
 *   for one with parameters, and for SQL that SQLite does not understand, with its own words and
 *   the place; `too-large` for a value that is too long.
 */
export function* queryBatches(
  db: Database,
  path: string,
  { sql, maxRows }: Question,
): Generator<RowBatch> {
  const statement = prepared(db, path, sql);
  if (!statement.reader || !statement.readonly || !isTelling(sql)) {
    throw new Failure('usage', 'only statements that read can run on the ledger', {
      expected: 'one SELECT, WITH, VALUES or EXPLAIN statement',
      hint: 'only "rentcheck pull" and "rentcheck import" add data',
    });
  }
  const answer = inWords(path, sql, () => statement.safeIntegers(true).raw().iterate());
  try {
    const columns = statement.columns().map((column) => column.name);
    const most = maxRows === 0 ? Number.POSITIVE_INFINITY : maxRows;
    let told = 0;
    for (;;) {
      const { rows, isOver } = inWords(path, sql, () => nextRows(answer, most - told));
      told += rows.length;
      const isFull = told === most;
      const isCut = isFull && inWords(path, sql, () => answer.next().done !== true);
      yield { columns, rows, isCut };
      if (isOver || isFull) return;
    }
  } finally {
    answer.return?.();
  }
}

/** The next rows of an answer, so many at most. */
function nextRows(answer: IterableIterator<unknown>, most: number) {
  const rows: QueryResult['rows'][number][] = [];
  let characters = 0;
  while (rows.length !== most && rows.length < BATCH_ROWS && characters < BATCH_CHARACTERS) {
    const next = answer.next();
    if (next.done === true) return { rows, isOver: true };
    const row = (next.value as unknown[]).map(cell);
    for (const value of row) if (typeof value === 'string') characters += value.length;
    rows.push(row);
  }
  return { rows, isOver: false };
}

function prepared(db: Database, path: string, sql: string): Statement {
  return inWords(path, sql, () => db.prepare(sql));
}

function inWords<T>(path: string, sql: string, work: () => T): T {
  try {
    return naming(path, work);
  } catch (error) {
    if (isAboutParameters(error)) throw withoutValues(error);
    if (!(error instanceof Sqlite.SqliteError) && !(error instanceof RangeError)) throw error;
    const code = error instanceof Sqlite.SqliteError ? error.code : 'SQLITE_ERROR';
    if (code === 'SQLITE_TOOBIG' || code === 'SQLITE_NOMEM') throw tooLong(error);
    if (!code.startsWith('SQLITE_ERROR')) throw error;
    throw new Failure('usage', `SQLite: ${error.message}${placeOf(error.message, sql)}`, {
      cause: error,
      hint: 'run rentcheck sql without a query to list the views; see docs/ledger.md',
    });
  }
}

/** `SELECT :day` and `SELECT ?` wait for values that a command line cannot hand over. */
function isAboutParameters(error: unknown): error is Error {
  return error instanceof Error && /^(Missing named|Too few) parameter/.test(error.message);
}

function withoutValues(cause: Error): Failure {
  return new Failure('usage', 'the statement has parameters (:name, @name, $name or ?)', {
    expected: 'a statement with its values written out',
    hint: "write each value in its place, e.g. WHERE day >= '2026-07-01'",
    cause,
  });
}

function tooLong(cause?: unknown): Failure {
  return new Failure('too-large', 'a value in the result is too long', {
    expected: `at most ${grouped(MOST_CHARACTERS)} characters per value`,
    hint: 'select a part with substr(value, 1, 1000), or only its length(value)',
    cause,
  });
}

/** ` at line 1, column 8`, where the message names a piece of the text that stands there once. */
function placeOf(message: string, sql: string): string {
  const named = /^near "(.+)": syntax error$/s.exec(message) ?? /^no such \w+: (\S+)/.exec(message);
  const piece = named?.[1];
  if (piece === undefined || sql.split(piece).length !== 2) return '';
  const before = sql.slice(0, sql.indexOf(piece)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

function isTelling(sql: string): boolean {
  const bare = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  if (/^(select|with|values)\b/i.test(bare)) return true;
  const pragma = /^(?:explain\s+(?:query\s+plan\s+)?)?(\w+)\s*(?:\w+\s*\.\s*)?(\w+)?\s*(=)?/i.exec(
    bare,
  );
  if (pragma === null) return false;
  const [, verb = '', name = '', sets] = pragma;
  if (/^explain/i.test(bare)) return /^(select|with|values)$/i.test(verb);
  return /^pragma$/i.test(verb) && sets === undefined && TELLING.has(name.toLowerCase());
}

function cell(value: unknown): string | number | bigint | null {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value instanceof Uint8Array) {
    if (value.length * 2 > MOST_CHARACTERS) throw tooLong();
    return Buffer.from(value).toString('hex');
  }
  if (typeof value === 'string' && value.length > MOST_CHARACTERS) throw tooLong();
  return value as string | number | null;
}
