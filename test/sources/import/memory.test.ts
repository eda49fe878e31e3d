import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BATCH_ROWS } from '../../../src/sources/import/readImport.ts';
import { runDuckDb } from '../../support/parquet.ts';
import { printFigure, size } from '../../support/size.ts';
import { importCsv } from './readImportText.ts';

const ROWS = size({ short: 300_000, full: 1_000_000 });
/** Keeping all rows would take 45 MB more for each 200,000. */
const MOST_KB = size({ short: 110_000, full: 150_000 });
const INTERVAL_MS = 300_000;

/** Ten deployments, five minutes a row, from 2020 on. */
async function writeUsage(path: string): Promise<void> {
  const file = createWriteStream(path);
  file.write(importCsv('usage'));
  for (let slot = 0; slot < ROWS / 10; slot++) {
    const startMs = Date.UTC(2020, 0, 1) + slot * INTERVAL_MS;
    const span = [startMs, startMs + INTERVAL_MS].map((ms) => new Date(ms).toISOString()).join();
    const rows = Array.from({ length: 10 }, (_, i) => `chat-${i},${span},${slot},,7,3,12.5,300\n`);
    if (!file.write(rows.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

test('any number of rows passes through in bounded memory, batch by batch', {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-million-'));
  try {
    const path = join(folder, 'usage.csv');
    await writeUsage(path);
    const script = join(import.meta.dirname, 'importInProcess.ts');
    // V8's space for new objects grows with the machine; held small, the rest is what is kept.
    const args = ['--max-semi-space-size=8', script, path];
    const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(result).toMatchObject({ facts: ROWS, rejects: 0, largest: BATCH_ROWS });
    const { grownKb } = result as { grownKb: number };
    expect(grownKb).toBeLessThan(MOST_KB);
    printFigure(`memory grown by ${ROWS} rows`, `${Math.round(grownKb / 1000)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const PARQUET_ROWS = size({ short: 130_000, full: 1_000_000 });

test('any number of rows of Parquet passes through in memory for one row group', {
  timeout: 180_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-parquet-'));
  try {
    const path = join(folder, 'bill.parquet');
    await runDuckDb(`COPY (
SELECT (i * 1.000000001)::DECIMAL(38, 18) AS "BilledCost", 'USD' AS "BillingCurrency",
  'Usage' AS "ChargeCategory", 'i-' || i AS "ResourceId", MAP {'n': i::VARCHAR} AS "Tags",
  TIMESTAMP '2025-01-01' + INTERVAL (i % 9000) HOUR AS "ChargePeriodStart",
  TIMESTAMP '2025-01-02' + INTERVAL (i % 9000) HOUR AS "ChargePeriodEnd"
FROM range(${PARQUET_ROWS}) AS rows(i)) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
    const script = join(import.meta.dirname, 'importInProcess.ts');
    // Started as the program itself is: V8 then holds what it needs, not what it could have.
    const v8 = ['--max-semi-space-size=8', '--heap-growing-percent=30'];
    const args = [...v8, script, path, 'focus'];
    const result: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(result).toMatchObject({ facts: PARQUET_ROWS, rejects: 0, largest: BATCH_ROWS });
    const { grownKb } = result as { grownKb: number };
    expect(grownKb).toBeLessThan(350_000);
    printFigure(
      `memory grown by ${PARQUET_ROWS} rows of Parquet`,
      `${Math.round(grownKb / 1000)} MB`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
