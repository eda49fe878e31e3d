/** The time of invoices: to which month it belongs, and on which window it bears. */

import { monthEndMs, monthStartMs } from './months.ts';
import { DAY_MS, type Period } from './period.ts';

/** The first moment of the month (UTC) in which the middle of a period lies. */
export function middleMonthMs({ startMs, endMs }: Period): number {
  return monthStartMs(Math.floor((startMs + endMs) / 2));
}

/** Merges periods that touch, the earliest first. */
export function merged(spans: readonly Period[]): Period[] {
  const all: { startMs: number; endMs: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = all.at(-1);
    if (last !== undefined && span.startMs <= last.endMs) {
      last.endMs = Math.max(last.endMs, span.endMs);
    } else all.push({ ...span });
  }
  return all;
}

/** Whether what was invoiced bears on a window: its month lies inside, or all of its time does. */
export function bearsOn(month: { monthMs: number; spans: readonly Period[] }, of: Period): boolean {
  const endMs = monthEndMs(month.monthMs);
  const isInside = (span: Period) => of.startMs <= span.startMs && span.endMs <= of.endMs;
  return isInside({ startMs: month.monthMs, endMs }) || month.spans.every(isInside);
}

/** A line that bears on a window lies no further from it: a quarter's invoice on each side. */
export const AROUND_MS = 184 * DAY_MS;
