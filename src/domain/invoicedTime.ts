/** Assigns invoiced time to months and to periods. */

import { monthEndMs, monthStartMs } from './months.ts';
import { DAY_MS, type Period } from './period.ts';

/** Start of the month (UTC) that contains the middle of a period. */
export function middleMonthMs({ startMs, endMs }: Period): number {
  return monthStartMs(Math.floor((startMs + endMs) / 2));
}

/** Merges periods that overlap or touch, earliest first. */
export function mergePeriods(spans: readonly Period[]): Period[] {
  const all: { startMs: number; endMs: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = all.at(-1);
    if (last !== undefined && span.startMs <= last.endMs) {
      last.endMs = Math.max(last.endMs, span.endMs);
    } else all.push({ ...span });
  }
  return all;
}

/**
 * Whether an invoiced month belongs to a period: the month, or all of its invoiced time, lies
 * inside.
 */
export function belongsToPeriod(
  month: { monthMs: number; spans: readonly Period[] },
  of: Period,
): boolean {
  const endMs = monthEndMs(month.monthMs);
  const isInside = (span: Period) => of.startMs <= span.startMs && span.endMs <= of.endMs;
  return isInside({ startMs: month.monthMs, endMs }) || month.spans.every(isInside);
}

/**
 * Lines outside the period by more than this never belong to it: a quarter's invoice on each side.
 */
export const MAX_INVOICE_DISTANCE_MS = 184 * DAY_MS;
