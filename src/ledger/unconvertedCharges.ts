/** Reads billed charges that are not counted, because their currency had no exchange rate. */

import type { UnconvertedCharges } from '../domain/currency.ts';
import { add, decimal, exactInteger, toDecimal } from '../domain/exact.ts';
import type { Period } from '../domain/period.ts';
import { prepareQuery } from './statement.ts';
import type { Store } from './store.ts';
import { readCountingFetches } from './reads/countingFetches.ts';
import type { Database } from 'better-sqlite3';
import { ORIGINAL_PLACES } from '../domain/charge.ts';
import type { ConvertedCharges } from './writes/rates.ts';

const ROWS = `
SELECT fetch_ref AS fetchRef, currency, month_ms AS monthMs, charges, amount
FROM unconverted_charge WHERE start_ms < :endMs AND end_ms > :startMs
ORDER BY fetch_ref, currency, month_ms`;

interface Row {
  readonly fetchRef: number;
  readonly currency: string;
  readonly monthMs: number;
  readonly charges: number;
  readonly amount: string;
}

/** Charges of fetches that still count, by source, currency and month. */
export function readUnconverted(
  store: Store,
  window: Period,
  asOfMs: number,
): readonly UnconvertedCharges[] {
  const rows = prepareQuery<Row>(store.db, ROWS).all(window);
  if (rows.length === 0) return [];
  const standing = readCountingFetches(store, window, asOfMs);
  const sources = new Map(standing.map(({ fetchRef, sourceId }) => [fetchRef, sourceId]));
  const found = new Map<string, UnconvertedCharges>();
  for (const { fetchRef, currency, monthMs, ...row } of rows) {
    const sourceId = sources.get(fetchRef);
    if (sourceId === undefined) continue;
    const name = [sourceId, currency, monthMs].join('\n');
    const before = found.get(name);
    found.set(name, {
      sourceId,
      currency,
      monthMs,
      charges: (before?.charges ?? 0) + row.charges,
      amount: before === undefined ? decimal(row.amount) : add(before.amount, decimal(row.amount)),
    });
  }
  return [...found.values()];
}

const SELECT = `
SELECT charges, amount, start_ms AS startMs, end_ms AS endMs FROM unconverted_charge
WHERE fetch_ref = :fetchRef AND currency = :currency AND month_ms = :monthMs`;

const PUT = `
INSERT OR REPLACE INTO unconverted_charge
VALUES (:fetchRef, :currency, :monthMs, :charges, :amount, :startMs, :endMs)`;

interface Sum {
  readonly charges: number;
  readonly amount: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A file has many parts. The sums of a part are added to those of the parts before it. */
export function createUnconvertedWriter(db: Database) {
  const select = prepareQuery<Sum>(db, SELECT);
  const put = db.prepare(PUT);
  return (lacking: ConvertedCharges['lacking'], fetchRef: number): void => {
    const byRate = Map.groupBy(lacking, ({ rate }) => `${rate.currency} ${rate.monthMs}`);
    for (const group of byRate.values()) {
      const { rate } = group[0] as (typeof group)[number];
      const key = { fetchRef, currency: rate.currency, monthMs: rate.monthMs };
      const before = select.get(key);
      const amounts = group.map(({ charge }) => charge.fact.original.amount);
      const amount = amounts.reduce(add, before === undefined ? ZERO : decimal(before.amount));
      const periods = group.map(({ charge }) => charge.fact.period);
      put.run({
        ...key,
        charges: (before?.charges ?? 0) + group.length,
        amount: toDecimal(amount, ORIGINAL_PLACES),
        startMs: periods.reduce(
          (min, { startMs }) => Math.min(min, startMs),
          before?.startMs ?? Infinity,
        ),
        endMs: periods.reduce((max, { endMs }) => Math.max(max, endMs), before?.endMs ?? -Infinity),
      });
    }
  };
}

const ZERO = exactInteger(0);
