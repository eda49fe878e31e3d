/** The usage rows in billed time of a deployment, computed naively. */

import type { Period } from '../../../src/domain/period.ts';
import type { UsageColumn, UsageSeries } from '../../../src/domain/usage.ts';
import type { BillPart } from './bill.ts';
import { overlaps } from './served.ts';

/** Rows of at most a day that overlap a charge. */
export function billedUsage(usage: UsageSeries, own: readonly BillPart[]): UsageSeries {
  const times = own
    .filter(({ charge: { category, billed } }) => {
      return category === 'compute' || (category === 'commitment' && billed > 0n);
    })
    .map(({ charge: { period }, day }) => ({
      startMs: Math.max(period.startMs, day.startMs),
      endMs: Math.min(period.endMs, day.endMs),
    }));
  const rowAt = (row: number): Period => {
    return { startMs: usage.startMs[row] ?? 0, endMs: usage.endMs[row] ?? 0 };
  };
  const rows = Array.from({ length: usage.length }, (_, row) => row).filter((row) => {
    return times.some((time) => overlaps(time, rowAt(row)));
  });
  const column = (values: UsageColumn) => Float64Array.from(rows, (row) => values[row] ?? 0);
  return {
    length: rows.length,
    startMs: column(usage.startMs),
    endMs: column(usage.endMs),
    uncachedPromptTokens: column(usage.uncachedPromptTokens),
    cachedPromptTokens: column(usage.cachedPromptTokens),
    outputTokens: column(usage.outputTokens),
    requests: column(usage.requests),
    busyMs: column(usage.busyMs),
    replicaMs: column(usage.replicaMs),
    estimated: Uint8Array.from(rows, (row) => usage.estimated[row] ?? 0),
  };
}

/** Total tokens of the rows. All rows here are inside the window. */
export function countTokens(usage: UsageSeries): bigint {
  return [usage.uncachedPromptTokens, usage.cachedPromptTokens, usage.outputTokens]
    .map((column) => [...column].reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0))
    .map((count) => BigInt(count))
    .reduce((all, count) => all + count, 0n);
}
