/** Runs SQL that people write on a read-only connection, which is opened on first use. */

import { resolve } from 'node:path';
import { type Connection, connectForReading } from './connection.ts';
import type { Ledger } from './ledger.ts';
import { requireTables } from './migration.ts';
import { queryBatches, type SqlQuery, type RowBatch, runQuery } from './reads/query.ts';
import { readViewList } from './reads/views.ts';
import { withLedgerErrors } from './sqliteFailure.ts';

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
