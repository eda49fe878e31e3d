/** Stores sums of charges that wait for an exchange rate, by fetch and month. */

import type { Database } from 'better-sqlite3';
import { ORIGINAL_PLACES } from '../../domain/charge.ts';
import { add, decimal, exactInteger, toDecimal } from '../../domain/exact.ts';
import type { ConvertedCharges } from './rates.ts';

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
  const select = db.prepare(SELECT).safeIntegers(false);
  const put = db.prepare(PUT);
  return (lacking: ConvertedCharges['lacking'], fetchRef: number): void => {
    const byRate = Map.groupBy(lacking, ({ rate }) => `${rate.currency} ${rate.monthMs}`);
    for (const group of byRate.values()) {
      const { rate } = group[0] as (typeof group)[number];
      const key = { fetchRef, currency: rate.currency, monthMs: rate.monthMs };
      const before = select.get(key) as Sum | undefined;
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
