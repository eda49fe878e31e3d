/** Tables that DuckDB writes, as Parquet and as CSV of the same rows. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export type Compression = 'uncompressed' | 'snappy' | 'gzip' | 'zstd' | 'brotli' | 'lz4_raw';

export interface DuckDbTable {
  /** A query. Its columns are those of the file. */
  readonly select: string;
  readonly compression?: Compression;
  readonly rowGroupRows?: number;
}

/** The bytes of a Parquet file with the rows of a query. */
export async function writeParquet({ select, compression = 'snappy', rowGroupRows }: DuckDbTable) {
  const group = rowGroupRows === undefined ? '' : `, ROW_GROUP_SIZE ${rowGroupRows}`;
  return copied(select, `FORMAT parquet, COMPRESSION ${compression}${group}`);
}

/** The same rows as CSV. */
export async function writeCsv(select: string): Promise<Buffer> {
  return copied(select, 'FORMAT csv, HEADER');
}

async function copied(select: string, how: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-duckdb-'));
  try {
    const path = join(folder, 'file');
    await runDuckDb(`COPY (${select}) TO '${path}' (${how})`);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a statement that writes a file. */
export async function runDuckDb(statement: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
