/** The dates of the demo: a finished quarter, a day before it and a day after it. */

import { DAY_MS, MINUTE_MS, type Period, period } from '../domain/period.ts';

export const QUARTER = '2026-Q3';

/** 2026-07-01 to 2026-10-01. */
export const WINDOW: Period = period(Date.UTC(2026, 6, 1), Date.UTC(2026, 9, 1));

/**
 * The fleet lives from a day before the quarter to a day after it, so that a reader who is off by
 * one interval at either edge gets other figures than the planted ones.
 */
export const TIMELINE: Period = period(Date.UTC(2026, 5, 30), Date.UTC(2026, 9, 2));

/** One interval of traffic, and one scrape. */
export const STEP_MS = 5 * MINUTE_MS;

export const STEPS = (TIMELINE.endMs - TIMELINE.startMs) / STEP_MS;

/** When the quarter's bills are pulled; the pauses between questions pass in that hour. */
export const PULLED_AT_MS = Date.UTC(2026, 9, 5, 7);

/** When the demo's owner asks what to do. */
export const AUDITED_AT_MS = Date.UTC(2026, 9, 5, 8);

/** GPU rates are known from before the quarter's first paid hour. */
export const RATES_PULLED_AT_MS = Date.UTC(2026, 5, 30, 12);

/**
 * Mondays at 06:00, the first one two days before the quarter: prices are known from its first
 * minute on.
 */
export const PRICE_PULLS: readonly number[] = Array.from({ length: 14 }, (_, week) =>
  Date.UTC(2026, 5, 29 + 7 * week, 6),
);

/** From this Monday on a public catalog of prices was looked at too: 2026-08-24. */
export const CATALOG_FROM_MS = PRICE_PULLS[8] ?? Number.NaN;

/** The starts of the days of a span of whole days. */
export function daysIn({ startMs, endMs }: Period): number[] {
  return Array.from({ length: (endMs - startMs) / DAY_MS }, (_, day) => startMs + day * DAY_MS);
}

/** 1970-01-01 was a Thursday. */
export function isWeekend(atMs: number): boolean {
  const day = (Math.floor(atMs / DAY_MS) + 4) % 7;
  return day === 0 || day === 6;
}

/** The calendar months (UTC) that a span touches, whole. */
export function monthsIn({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  const first = new Date(startMs);
  for (let at = 0; ; at += 1) {
    const start = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at);
    if (start >= endMs) return months;
    months.push(period(start, Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at + 1)));
  }
}
