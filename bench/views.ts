/** A quarter by day out of five years: the ledger's views compared with DuckDB on the same rows. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import Sqlite, { type Database } from 'better-sqlite3';
import { nanoUsd } from '../src/domain/money.ts';
import { HOUR_MS, MINUTE_MS, period } from '../src/domain/period.ts';
import type { Located } from '../src/domain/provenance.ts';
import type { Charge } from '../src/domain/charge.ts';
import { openLedger } from '../src/ledger/open.ts';
import { settableClock } from '../src/platform/clock.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

interface ViewsSize {
  readonly deployments: number;
  readonly years: number;
  readonly rounds: number;
}

const SIZES: Readonly<Record<BenchmarkSize, ViewsSize>> = {
  full: { deployments: 20, years: 5, rounds: 7 },
  small: { deployments: 1, years: 2, rounds: 1 },
};

/** What the ledger and the Parquet files contain. */
interface Stored {
  readonly deployments: number;
  readonly startMs: number;
  /** Usage rows of each deployment. */
  readonly intervals: number;
  /** Charges of each deployment. */
  readonly hours: number;
}

function storedAt({ deployments, years }: ViewsSize): Stored {
  const startMs = Date.UTC(2026 - years, 9, 1);
  const spanMs = END_MS - startMs;
  return { deployments, startMs, intervals: spanMs / STEP_MS, hours: spanMs / HOUR_MS };
}

const END_MS = Date.UTC(2026, 9, 1);
const STEP_MS = 5 * MINUTE_MS;
const BATCH = 10_000;
const REACH = 1;

/** The values of interval `n` of a deployment, in SQL for both engines. */
const COUNTERS = `
100000 + n % 9973 AS uncached, 20000 + n % 997 AS cached, 30000 + n % 4999 AS output,
40 + n % 17 AS requests, 200000 + n % 1009 AS busy_ms, ${STEP_MS} AS replica_ms`;

const FROM = "day >= '2026-07-01' AND day < '2026-10-01'";
const [FROM_MS, TO_MS] = [Date.UTC(2026, 6, 1), END_MS];
const DAY = 'CAST(start_ms // 86400000 AS BIGINT)';

/** A query of a view, the same query of Parquet, and one that both must answer the same. */
interface Question {
  readonly name: string;
  readonly view: string;
  readonly parquet: string;
  readonly sumOfView: string;
  readonly sumOfParquet: string;
}

function questions(folder: string): readonly Question[] {
  const where = `WHERE start_ms >= ${FROM_MS} AND start_ms < ${TO_MS}`;
  const from = (file: string) => `FROM '${join(folder, file)}' ${where}`;
  return [
    {
      name: 'usage_by_day',
      view: `SELECT * FROM usage_by_day WHERE ${FROM}`,
      parquet: `
        SELECT ${DAY}, deployment, sum(uncached + cached), sum(cached), sum(output), sum(requests),
          sum(busy_ms), sum(replica_ms), count(*), count(cached), count(requests), count(busy_ms),
          count(replica_ms)
        ${from('usage.parquet')} GROUP BY 1, 2`,
      sumOfView: `SELECT sum(tokens) FROM usage_by_day WHERE ${FROM}`,
      sumOfParquet: `SELECT sum(uncached + cached + output) ${from('usage.parquet')}`,
    },
    {
      name: 'spend_by_day',
      view: `SELECT * FROM spend_by_day WHERE ${FROM}`,
      parquet: `
        SELECT ${DAY}, resource_id, category, pricing_class, sum(nano_usd)
        ${from('charge.parquet')} GROUP BY 1, 2, 3, 4`,
      sumOfView: `SELECT sum(spend_nano_usd) FROM spend_by_day WHERE ${FROM}`,
      sumOfParquet: `SELECT sum(nano_usd) ${from('charge.parquet')}`,
    },
  ];
}

/** The lowest CPU of each over several alternating rounds, in one process. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const stored = storedAt(SIZES[size]);
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await writeParquet(duck, folder, stored);
    await fillLedger(join(folder, 'rentcheck.db'), stored);
    const db = new Sqlite(join(folder, 'rentcheck.db'), { readonly: true });
    const measured = [];
    for (const question of questions(folder)) {
      measured.push(await ask(question, { db, duck }, SIZES[size]));
    }
    db.close();
    return measured;
  } finally {
    duck.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Engines {
  readonly db: Database;
  readonly duck: DuckDBConnection;
}

async function ask(
  question: Question,
  { db, duck }: Engines,
  { years, rounds }: ViewsSize,
): Promise<Measured> {
  const { name, view, parquet, sumOfView, sumOfParquet } = question;
  const ours = String(db.prepare(sumOfView).pluck().safeIntegers().get());
  const duckSum = String((await duck.runAndReadAll(sumOfParquet)).getRows()[0]?.[0]);
  if (ours !== duckSum) throw new Error(`${name}: ${ours} in the ledger, ${duckSum} in Parquet`);
  const views: number[] = [];
  const parquets: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    parquets.push(await cpuMs(async () => (await duck.runAndReadAll(parquet)).getRows()));
    views.push(await cpuMs(async () => db.prepare(view).all()));
  }
  return {
    name: `${name} of one quarter out of ${years} years, as a multiple of DuckDB on Parquet`,
    value: Math.min(...views) / Math.min(...parquets),
    reach: REACH,
    better: 'lower',
  };
}

/** User and system time of this process during the work, for all threads. */
async function cpuMs(work: () => Promise<readonly unknown[]>): Promise<number> {
  const before = process.cpuUsage();
  const rows = await work();
  const { user, system } = process.cpuUsage(before);
  if (rows.length === 0) throw new Error('the quarter is empty');
  return (user + system) / 1000;
}

async function writeParquet(
  duck: DuckDBConnection,
  folder: string,
  { deployments, startMs, intervals, hours }: Stored,
): Promise<void> {
  const names = `range(${deployments}) AS s (d)`;
  await duck.run(`
    COPY (
      SELECT 'deployment-' || d AS deployment, ${startMs} + n * ${STEP_MS} AS start_ms, ${COUNTERS}
      FROM ${names}, range(${intervals}) AS t (n)
    ) TO '${join(folder, 'usage.parquet')}' (FORMAT parquet)`);
  await duck.run(`
    COPY (
      SELECT 'deployment-' || d AS resource_id, ${startMs} + n * ${HOUR_MS} AS start_ms,
        'compute' AS category, 'on-demand' AS pricing_class, 2000000000 + n % 997 AS nano_usd
      FROM ${names}, range(${hours}) AS t (n)
    ) TO '${join(folder, 'charge.parquet')}' (FORMAT parquet)`);
}

/** Charges through the ledger's own method. Of usage only the rows, which a migration then sums. */
async function fillLedger(path: string, stored: Stored): Promise<void> {
  const clock = settableClock(END_MS);
  const ledger = await openLedger(path, { clock });
  for (let d = 0; d < stored.deployments; d += 1) {
    for (let from = 0; from < stored.hours; from += BATCH) {
      const fetch = {
        sourceId: 'bill',
        kind: 'bench',
        url: 'bench:',
        startedAtMs: 0,
        endedAtMs: 0,
      };
      await ledger.facts.append({ fetch, charges: charges(d, from, stored) }, END_MS);
    }
  }
  await ledger.close();
  const db = new Sqlite(path);
  db.pragma('synchronous = OFF');
  insertUsage(db, stored);
  db.exec(`DROP TABLE usage_day; DELETE FROM migration WHERE name = '0007_usage_by_day'`);
  db.close();
  await (await openLedger(path, { clock })).close();
}

function charges(d: number, from: number, { startMs: firstMs, hours }: Stored): Located<Charge>[] {
  return Array.from({ length: Math.min(BATCH, hours - from) }, (_, offset) => {
    const n = from + offset;
    const startMs = firstMs + n * HOUR_MS;
    const fact: Charge = {
      sourceId: 'bill',
      key: `pod-${d}/${n}`,
      resourceId: `deployment-${d}`,
      category: 'compute',
      pricingClass: 'on-demand',
      period: period(startMs, startMs + HOUR_MS),
      billed: nanoUsd(2_000_000_000n + BigInt(n % 997)),
      basis: 'billed',
    };
    return { position: offset, fact };
  });
}

function insertUsage(db: Database, { deployments, startMs, intervals }: Stored): void {
  const series = db.prepare('INSERT INTO usage_series VALUES (?, ?, ?, ?)');
  const rows = db.prepare(`
    WITH RECURSIVE t (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t WHERE n + 1 < ${intervals})
    INSERT INTO usage (series_ref, start_ms, version, end_ms, uncached_prompt_tokens,
      cached_prompt_tokens, output_tokens, requests, busy_ms, replica_ms, estimated, withdrawn,
      recorded_at_ms, fetch_ref, position)
    SELECT :series, ${startMs} + n * ${STEP_MS}, 1, ${startMs} + (n + 1) * ${STEP_MS},
      uncached, cached, output, requests, busy_ms, replica_ms, 0, 0, ${END_MS}, 1, n
    FROM (SELECT n, ${COUNTERS} FROM t)`);
  for (let d = 0; d < deployments; d += 1) {
    series.run(d, `deployment-${d}`, 'prom', STEP_MS);
    rows.run({ series: d });
  }
}
