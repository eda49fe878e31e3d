/**
 * Where a person's SQL runs: on a connection of its own that can only read, opened when
 * first asked.
 */

import { resolve } from 'node:path';
import { type Connection, connectForReading } from './connection.ts';
import type { Ledger } from './ledger.ts';
import { requireTables } from './migration.ts';
import { queryBatches, type Question, type RowBatch, runQuery } from './reads/query.ts';
import { readViewList } from './reads/views.ts';
import { naming } from './sqliteFailure.ts';

export interface Queries extends Pick<Ledger, 'query' | 'views'> {
  /** An answer batch by batch, at least one; the views and what each holds for no question. */
  ask(question: Question | undefined): Iterable<RowBatch>;
  close(): void;
}

export function createQueries(path: string, connect: () => Connection): Queries {
  let reading: Connection | undefined;
  const opened = () => (reading ??= connect());
  return {
    query: async (sql) => runQuery(opened().db, path, sql),
    ask: (question) =>
      question === undefined
        ? [viewList(path, opened())]
        : queryBatches(opened().db, path, question),
    views: async () => naming(path, () => readViewList(opened().db)),
    close: () => reading?.close(),
  };
}

function viewList(path: string, { db }: Connection): RowBatch {
  const views = naming(path, () => readViewList(db));
  const rows = views.map(({ name, grain }) => [name, grain]);
  return { columns: ['view', 'holds'], rows, isCut: false };
}

/** How long a read waits for another program that has the whole file to itself. */
export const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a ledger for SQL alone, without what reads and writes facts.
 * @throws {Failure} as a ledger that is opened for reading does.
 */
export function openForQueries(ledgerPath: string): Queries {
  const path = resolve(ledgerPath);
  const connection = connectForReading(path, BUSY_TIMEOUT_MS);
  try {
    naming(path, () => requireTables(connection.db, path));
    return createQueries(path, () => connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}
