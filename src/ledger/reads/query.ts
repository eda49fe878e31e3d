/** Knows how a person's SQL is run: one statement, on a connection that cannot write. */

import Sqlite, { type Database, type Statement } from 'better-sqlite3';
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

/**
 * Runs one reading statement.
 * @throws {Failure} `usage` for anything that writes or changes settings, for several statements,
 *   and for SQL that SQLite does not understand, with its own words and the place.
 */
export function runQuery(db: Database, path: string, sql: string): QueryResult {
  const statement = prepared(db, path, sql);
  if (!statement.reader || !statement.readonly || !isTelling(sql)) {
    throw new Failure('usage', 'only reading statements may be run on the ledger', {
      expected: 'one SELECT, WITH, VALUES or EXPLAIN statement',
      hint: 'facts come in by "rentcheck pull" and "rentcheck import" only',
    });
  }
  return inWords(path, sql, () => {
    const rows = statement.safeIntegers(true).raw().all() as unknown[][];
    const columns = statement.columns().map((column) => column.name);
    return { columns, rows: rows.map((row) => row.map(cell)) };
  });
}

function prepared(db: Database, path: string, sql: string): Statement {
  return inWords(path, sql, () => db.prepare(sql));
}

function inWords<T>(path: string, sql: string, work: () => T): T {
  try {
    return naming(path, work);
  } catch (error) {
    const ofSql = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_ERROR');
    if (!ofSql && !(error instanceof RangeError)) throw error;
    throw new Failure('usage', `SQLite: ${error.message}${placeOf(error.message, sql)}`, {
      cause: error,
      hint: 'rentcheck sql without a query lists the views; see docs/ledger.md',
    });
  }
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
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value as string | number | null;
}
