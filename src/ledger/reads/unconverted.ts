/** Reads billed charges that are not counted, because their currency had no exchange rate. */

import type { UnconvertedCharges } from '../../domain/currency.ts';
import { add, decimal } from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import type { Store } from '../store.ts';
import { readCountingFetches } from './standing.ts';

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
  const rows = store.db.prepare(ROWS).safeIntegers(false).all(window) as Row[];
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
