/** Opens the ledger of a configuration for SQL: the config in full, of the ledger only its file. */

import type { SqlSession } from './cli/command.ts';
import { type LoadTools, loadConfig } from './config/load.ts';
import { openForQueries } from './ledger/queries.ts';

/** @throws {Failure} `config`, or what {@link openForQueries} throws. */
export async function openSql(
  configPath: string,
  surroundings: Pick<LoadTools, 'env' | 'folder'>,
): Promise<SqlSession> {
  const { ledger } = await loadConfig(configPath, surroundings);
  const queries = openForQueries(ledger);
  return { ...queries, close: async () => queries.close() };
}
