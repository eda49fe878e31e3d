/** The dates of the demo: a finished quarter, plus one day before and one day after it. */

import { DAY_MS, MINUTE_MS, type Period, period } from '../domain/period.ts';

export const DEMO_QUARTER = '2026-Q3';

/** 2026-07-01 to 2026-10-01. */
export const DEMO_WINDOW: Period = period(Date.UTC(2026, 6, 1), Date.UTC(2026, 9, 1));

/**
 * The fleet runs from one day before the quarter to one day after it. Code that is off by one
 * interval at either edge therefore computes wrong figures.
 */
export const TIMELINE: Period = period(Date.UTC(2026, 5, 30), Date.UTC(2026, 9, 2));

/** The interval of the traffic and of the scrapes. */
export const STEP_MS = 5 * MINUTE_MS;

export const STEPS = (TIMELINE.endMs - TIMELINE.startMs) / STEP_MS;

/** When the bills of the quarter are pulled. Rate-limit pauses advance the clock in that hour. */
export const PULLED_AT_MS = Date.UTC(2026, 9, 5, 7);

/** When the audit runs. */
export const AUDITED_AT_MS = Date.UTC(2026, 9, 5, 8);

/** Before the first billed hour of the quarter, so that GPU rates are known for all hours. */
export const RATES_PULLED_AT_MS = Date.UTC(2026, 5, 30, 12);

/**
 * Mondays at 06:00. The first is two days before the quarter, so that prices are known from its
 * first minute.
 */
export const PRICE_PULLS: readonly number[] = Array.from({ length: 14 }, (_, week) =>
  Date.UTC(2026, 5, 29 + 7 * week, 6),
);

/** From this Monday, 2026-08-24, a public price catalog is pulled too. */
export const CATALOG_FROM_MS = PRICE_PULLS[8] ?? Number.NaN;

/** The start of each day in a span of whole days. */
export function dayStartsIn({ startMs, endMs }: Period): number[] {
  return Array.from({ length: (endMs - startMs) / DAY_MS }, (_, day) => startMs + day * DAY_MS);
}

/** Whether a time is on Saturday or Sunday (UTC). Day 0, 1970-01-01, was a Thursday. */
export function isWeekend(atMs: number): boolean {
  const day = (Math.floor(atMs / DAY_MS) + 4) % 7;
  return day === 0 || day === 6;
}

/** The whole calendar months (UTC) that overlap a span. */
export function monthsIn({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  const first = new Date(startMs);
  for (let at = 0; ; at += 1) {
    const start = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at);
    if (start >= endMs) return months;
    months.push(period(start, Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at + 1)));
  }
}
