/**
 * Knows where a person's SQL runs: on a connection of its own that can only read, opened when
 * first asked.
 */

import type { Connection } from './connection.ts';
import type { Ledger } from './ledger.ts';
import { runQuery } from './reads/query.ts';

export interface Queries {
  readonly query: Ledger['query'];
  close(): void;
}

export function createQueries(path: string, connect: () => Connection): Queries {
  let reading: Connection | undefined;
  return {
    query: async (sql) => {
      reading ??= connect();
      return runQuery(reading.db, path, sql);
    },
    close: () => reading?.close(),
  };
}
