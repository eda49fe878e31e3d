/** A real ledger in its own folder for a test, and facts to put into it. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { nanoUsd, nanoUsdPerMtok } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, type Period, period } from '../../src/domain/period.ts';
import type { HostedPrice, PriceSnapshot } from '../../src/domain/price.ts';
import type { Fetch, Fetched, Located } from '../../src/domain/provenance.ts';
import type { UsageRow } from '../../src/domain/usage.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open.ts';
import { settableClock } from '../../src/platform/clock.ts';

/** 2026-07-01T00:00:00Z, a Wednesday and the first day of 2026-Q3. */
export const JULY_1 = Date.UTC(2026, 6, 1);
export const JULY: Period = period(JULY_1, JULY_1 + 31 * DAY_MS);
export const EVER: Period = period(0, Date.UTC(2100, 0, 1));
/** Later than every time that a test records. */
export const NOW = Date.UTC(2027, 0, 1);

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-ledger-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An open, empty ledger that is closed and removed when the test ends. */
export async function scratchLedger(clock = settableClock(JULY_1)) {
  const path = join(await scratchFolder(), 'rentcheck.db');
  const ledger = await openLedger(path, { clock });
  onTestFinished(() => ledger.close());
  return { ledger, path, clock };
}

/** Direct access to the file of a ledger, bypassing the program. */
export function rawDatabase(path: string): Database {
  const db = new Sqlite(path);
  onTestFinished(() => void db.close());
  return db;
}

export function located<T>(...facts: readonly T[]): Located<T>[] {
  return facts.map((fact, position) => ({ position, fact }));
}

function fetchOf(overrides: Partial<Fetch> = {}): Fetch {
  return {
    sourceId: 'runpod',
    kind: 'runpod.billing.pods',
    url: 'https://rest.example/v2/billing/pods',
    window: JULY,
    startedAtMs: JULY_1,
    endedAtMs: JULY_1 + 1_000,
    status: 200,
    ...overrides,
  };
}

export function fetched(brought: Omit<Fetched, 'fetch'>, fetch: Partial<Fetch> = {}): Fetched {
  return { fetch: fetchOf(fetch), ...brought };
}

export function charge(key: string, usdMicro: number, overrides: Partial<Charge> = {}): Charge {
  return {
    sourceId: 'runpod',
    key,
    resourceId: key.split('/')[1] ?? key,
    category: 'compute',
    pricingClass: 'on-demand',
    period: period(JULY_1, JULY_1 + DAY_MS),
    billed: nanoUsd(BigInt(usdMicro) * 1_000n),
    basis: 'billed',
    ...overrides,
  };
}

/** One hour of usage, the n-th of July 2026. */
export function usageHour(n: number, overrides: Partial<UsageRow> = {}): UsageRow {
  const startMs = JULY_1 + n * HOUR_MS;
  return {
    sourceId: 'prom',
    deployment: 'chat-70b',
    period: period(startMs, startMs + HOUR_MS),
    uncachedPromptTokens: 1_000 + n,
    cachedPromptTokens: 100,
    outputTokens: 200,
    requests: 5,
    busyMs: 1_800_000,
    replicaMs: HOUR_MS,
    ...overrides,
  };
}

/** A provider's price in millionths of a dollar per million input tokens. */
export function price(host: string, usdMicro: number, validFromMs = JULY_1): HostedPrice {
  return {
    sourceId: 'router',
    model: 'llama',
    host,
    quantization: 'fp8',
    validFromMs,
    inputPerMtok: nanoUsdPerMtok(BigInt(usdMicro) * 1_000n),
    outputPerMtok: nanoUsdPerMtok(300_000_000n),
    free: false,
    offered: true,
  };
}

export function snapshot(takenAtMs: number, prices: Record<string, number>): PriceSnapshot {
  const taken = Object.entries(prices).map(([host, usd]) => price(host, usd, takenAtMs));
  return { sourceId: 'router', model: 'llama', takenAtMs, prices: taken, availability: [] };
}

/** Tables of facts: all tables except the records of when and how facts arrived. */
const FACT_TABLES = [
  'charge',
  'charge_day',
  'usage_series',
  'usage',
  'usage_part',
  'latency_histogram',
  'gpu_activity',
  'request_count',
  'resource_seen',
  'price_snapshot',
  'hosted_price',
  'host_availability',
  'gpu_rate',
  'ops_entry',
  'invoice_line',
  'hosted_usage',
];

/** All rows of all fact tables as text. Equal if nothing has changed. */
export async function readAllFacts(ledger: Ledger): Promise<string> {
  const tables = [];
  for (const table of FACT_TABLES) {
    const { columns, rows } = await ledger.query(`SELECT * FROM ${table}`);
    tables.push({ table, columns, rows });
  }
  return JSON.stringify(tables, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}
