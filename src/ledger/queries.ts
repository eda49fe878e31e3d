/** Runs SQL that people write on a read-only connection, which is opened on first use. */

import { resolve } from 'node:path';
import { connectForReading, type Connection } from './connection.ts';
import type { Ledger, QueryResult } from './ledger.ts';
import { requireTables } from './migration.ts';
import { withLedgerErrors } from './sqliteFailure.ts';
import Sqlite, { type Database, type Statement } from 'better-sqlite3';
import { groupThousands } from '../domain/figures.ts';
import { Failure } from '../domain/failure.ts';

export interface SqlQueries extends Pick<Ledger, 'query' | 'views'> {
  /** The result in batches, at least one. Without a question, the list of views. */
  batches(question: SqlQuery | undefined): Iterable<RowBatch>;
  close(): void;
}

export function createQueries(path: string, connect: () => Connection): SqlQueries {
  let connection: Connection | undefined;
  const open = () => (connection ??= connect());
  return {
    query: async (sql) => runQuery(open().db, path, sql),
    batches: (question) =>
      question === undefined ? [viewList(path, open())] : queryBatches(open().db, path, question),
    views: async () => withLedgerErrors(path, () => readViewList(open().db)),
    close: () => connection?.close(),
  };
}

function viewList(path: string, { db }: Connection): RowBatch {
  const views = withLedgerErrors(path, () => readViewList(db));
  const rows = views.map(({ name, grain }) => [name, grain]);
  return { columns: ['view', 'holds'], rows, isCut: false };
}

/** How long a read waits for a program with exclusive access. */
export const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a ledger for SQL only, without the code that reads and writes facts.
 * @throws {Failure} like opening a ledger for reading does.
 */
export function openForQueries(ledgerPath: string): SqlQueries {
  const path = resolve(ledgerPath);
  const connection = connectForReading(path, BUSY_TIMEOUT_MS);
  try {
    withLedgerErrors(path, () => requireTables(connection.db, path));
    return createQueries(path, () => connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}

const VIEWS = 'SELECT name, grain FROM ledger_view ORDER BY name';

/** Plain SQL, so that `rentcheck sql` does not load drizzle. */
function readViewList(db: Database): { name: string; grain: string }[] {
  return db.prepare(VIEWS).all() as { name: string; grain: string }[];
}

/** Pragmas that only read. */
const READING_PRAGMAS = new Set([
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

/** One statement, and how many rows to return. */
export interface SqlQuery {
  readonly sql: string;
  /** The most rows to return. 0 returns all. */
  readonly maxRows: number;
}

/** Some rows of a result, in order. */
export interface RowBatch extends QueryResult {
  /** True on the last batch if the statement has more rows. */
  readonly isCut: boolean;
}

/** The size of a batch: a few hundred rows, or fewer if they are long. */
const BATCH_ROWS = 500;
const BATCH_CHARACTERS = 256 * 1024;
/** The limit of a cell. A longer one would be in memory three times. */
const MOST_CHARACTERS = 16_000_000;

/** Runs one reading statement of ours and returns the whole result. */
function runQuery(db: Database, path: string, sql: string): QueryResult {
  let columns: readonly string[] = [];
  const rows: QueryResult['rows'][number][] = [];
  for (const batch of queryBatches(db, path, { sql, maxRows: 0 })) {
    columns = batch.columns;
    for (const row of batch.rows) rows.push(row);
  }
  return { columns, rows };
}

/**
 * Runs one reading statement. The result comes in batches, at least one.
 * @throws {Failure} `usage` for writes and settings, for several statements, for parameters, and
 * for SQL that SQLite rejects, with its message and the position. `too-large` for a value that is
 * too long.
 */
function* queryBatches(
  db: Database,
  path: string,
  { sql, maxRows }: SqlQuery,
): Generator<RowBatch> {
  const statement = prepare(db, path, sql);
  if (!statement.reader || !statement.readonly || !isReading(sql)) {
    throw new Failure('usage', 'only statements that read can run on the ledger', {
      expected: 'one SELECT, WITH, VALUES or EXPLAIN statement',
      hint: 'only "rentcheck pull" and "rentcheck import" add data',
    });
  }
  const results = withUsageErrors(path, sql, () => statement.safeIntegers(true).raw().iterate());
  try {
    const columns = statement.columns().map((column) => column.name);
    const limit = maxRows === 0 ? Number.POSITIVE_INFINITY : maxRows;
    let returned = 0;
    for (;;) {
      const { rows, isOver } = withUsageErrors(path, sql, () =>
        nextRows(results, limit - returned),
      );
      returned += rows.length;
      const isFull = returned === limit;
      const isCut = isFull && withUsageErrors(path, sql, () => results.next().done !== true);
      yield { columns, rows, isCut };
      if (isOver || isFull) return;
    }
  } finally {
    results.return?.();
  }
}

/** The next rows of a result, at most `most`. */
function nextRows(results: IterableIterator<unknown>, limit: number) {
  const rows: QueryResult['rows'][number][] = [];
  let characters = 0;
  while (rows.length !== limit && rows.length < BATCH_ROWS && characters < BATCH_CHARACTERS) {
    const next = results.next();
    if (next.done === true) return { rows, isOver: true };
    const row = (next.value as unknown[]).map(toCell);
    for (const value of row) if (typeof value === 'string') characters += value.length;
    rows.push(row);
  }
  return { rows, isOver: false };
}

function prepare(db: Database, path: string, sql: string): Statement {
  return withUsageErrors(path, sql, () => db.prepare(sql));
}

function withUsageErrors<T>(path: string, sql: string, work: () => T): T {
  try {
    return withLedgerErrors(path, work);
  } catch (error) {
    if (isAboutParameters(error)) throw withoutValues(error);
    if (!(error instanceof Sqlite.SqliteError) && !(error instanceof RangeError)) throw error;
    const code = error instanceof Sqlite.SqliteError ? error.code : 'SQLITE_ERROR';
    if (code === 'SQLITE_TOOBIG' || code === 'SQLITE_NOMEM') throw tooLong(error);
    if (!code.startsWith('SQLITE_ERROR')) throw error;
    throw new Failure('usage', `SQLite: ${error.message}${positionText(error.message, sql)}`, {
      cause: error,
      hint: 'run rentcheck sql without a query to list the views; see docs/ledger.md',
    });
  }
}

/** `SELECT :day` and `SELECT ?` need values that a command line cannot pass. */
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
    expected: `at most ${groupThousands(MOST_CHARACTERS)} characters per value`,
    hint: 'select a part with substr(value, 1, 1000), or only its length(value)',
    cause,
  });
}

/** ` at line 1, column 8`, if the message quotes a piece of the SQL that occurs only once. */
function positionText(message: string, sql: string): string {
  const named = /^near "(.+)": syntax error$/s.exec(message) ?? /^no such \w+: (\S+)/.exec(message);
  const piece = named?.[1];
  if (piece === undefined || sql.split(piece).length !== 2) return '';
  const before = sql.slice(0, sql.indexOf(piece)).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

function isReading(sql: string): boolean {
  const stripped = sql.replace(/^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)+/, '');
  if (/^(select|with|values)\b/i.test(stripped)) return true;
  const pragma = /^(?:explain\s+(?:query\s+plan\s+)?)?(\w+)\s*(?:\w+\s*\.\s*)?(\w+)?\s*(=)?/i.exec(
    stripped,
  );
  if (pragma === null) return false;
  const [, verb = '', name = '', sets] = pragma;
  if (/^explain/i.test(stripped)) return /^(select|with|values)$/i.test(verb);
  return /^pragma$/i.test(verb) && sets === undefined && READING_PRAGMAS.has(name.toLowerCase());
}

function toCell(value: unknown): string | number | bigint | null {
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
