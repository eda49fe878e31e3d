/** Calendar months in UTC: the shortest time that some providers bill. */

import type { Period } from '../domain/period.ts';

/** The whole months that a window touches, in order. */
export function monthsOf({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  const start = new Date(startMs);
  let [year, month] = [start.getUTCFullYear(), start.getUTCMonth()];
  while (Date.UTC(year, month) < endMs) {
    const next = Date.UTC(year, month + 1);
    months.push({ startMs: Date.UTC(year, month), endMs: next });
    [year, month] = [new Date(next).getUTCFullYear(), new Date(next).getUTCMonth()];
  }
  return months;
}

/** `2026-06`. */
export function monthText(month: Period): string {
  return new Date(month.startMs).toISOString().slice(0, 7);
}
