/** Charges that are billed in another currency and wait for its rate, summed by fetch and month. */

import type { Database } from 'better-sqlite3';
import { ORIGINAL_PLACES } from '../../domain/charge.ts';
import { add, decimal, exactInteger, toDecimal } from '../../domain/exact.ts';
import type { Converted } from './rates.ts';

const KNOWN = `
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

/** A file comes in many parts: what a part lacks is added to what the parts before it lacked. */
export function createUnconvertedWriter(db: Database) {
  const known = db.prepare(KNOWN).safeIntegers(false);
  const put = db.prepare(PUT);
  return (lacking: Converted['lacking'], fetchRef: number): void => {
    const byRate = Map.groupBy(lacking, ({ rate }) => `${rate.currency} ${rate.monthMs}`);
    for (const group of byRate.values()) {
      const { rate } = group[0] as (typeof group)[number];
      const key = { fetchRef, currency: rate.currency, monthMs: rate.monthMs };
      const before = known.get(key) as Sum | undefined;
      const amounts = group.map(({ charge }) => charge.fact.original.amount);
      const amount = amounts.reduce(add, before === undefined ? NOTHING : decimal(before.amount));
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

const NOTHING = exactInteger(0);
