/** Half-open UTC periods, days, months and the instants of ISO 8601. */

import { invariant } from './failure.ts';

/** `[startMs, endMs)` in milliseconds since 1970-01-01T00:00:00Z. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export function period(startMs: number, endMs: number): Period {
  invariant(
    Number.isSafeInteger(startMs) && Number.isSafeInteger(endMs) && startMs < endMs,
    `a period must start before it ends: ${startMs} to ${endMs}`,
  );
  return { startMs, endMs };
}

export function durationMs(span: Period): number {
  return span.endMs - span.startMs;
}

/** Milliseconds that two periods share; 0 if they only touch. */
export function overlapMs(a: Period, b: Period): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}

/** The shared part of two periods, or `undefined`. */
export function intersection(a: Period, b: Period): Period | undefined {
  return overlapMs(a, b) === 0
    ? undefined
    : period(Math.max(a.startMs, b.startMs), Math.min(a.endMs, b.endMs));
}

/** Midnight UTC of the day that holds the instant. */
export function dayStartMs(instantMs: number): number {
  return Math.floor(instantMs / DAY_MS) * DAY_MS;
}

/** The period split at each midnight UTC, in order. */
export function splitByDay(span: Period): Period[] {
  const days: Period[] = [];
  for (let startMs = span.startMs; startMs < span.endMs; ) {
    const endMs = Math.min(dayStartMs(startMs) + DAY_MS, span.endMs);
    days.push({ startMs, endMs });
    startMs = endMs;
  }
  return days;
}

/** `2026-07-01T00:00:00Z`; with milliseconds only if not zero. */
export function instantText(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z');
}

/** `2026-07-01`. */
export function dayText(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10);
}

const INSTANT =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Parses ISO 8601: a date (midnight UTC), or a date and time with `Z`, an offset (`+02:00`,
 * `+0200`, `+02`) or ` UTC` as BigQuery writes it. Without an offset it is UTC. Returns `undefined`
 * for impossible dates (`2026-02-30`) and anything else.
 */
export function parseInstant(text: string): number | undefined {
  const trimmed = text.trim().replace(/ UTC$/, 'Z');
  if (!INSTANT.test(trimmed)) return undefined;
  const dated = trimmed.replace(' ', 'T');
  const instantMs = Date.parse(withOffset(dated));
  if (Number.isNaN(instantMs)) return undefined;
  return isRealDate(dated.slice(0, 10)) ? instantMs : undefined;
}

function withOffset(dated: string): string {
  const time = dated.slice(11);
  if (time === '' || /(?:Z|[+-]\d{2}:?\d{2})$/.test(time)) return dated;
  return /[+-]\d{2}$/.test(time) ? `${dated}:00` : `${dated}Z`;
}

function isRealDate(date: string): boolean {
  const [year, month, day] = date.split('-').map(Number);
  const midnight = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  return midnight.getUTCMonth() + 1 === month && midnight.getUTCDate() === day;
}

/**
 * The next period. If the period consists of whole months, it has as many months: January to March
 * (90 days) is followed by April to June (91 days). Otherwise it is equally long.
 */
export function followingPeriod({ startMs, endMs }: Period): Period {
  const [start, end] = [new Date(startMs), new Date(endMs)];
  if (!isMonthStart(start) || !isMonthStart(end)) return period(endMs, 2 * endMs - startMs);
  const years = end.getUTCFullYear() - start.getUTCFullYear();
  const months = years * 12 + end.getUTCMonth() - start.getUTCMonth();
  return period(endMs, Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + months, 1));
}

function isMonthStart(instant: Date): boolean {
  const first = Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth(), 1);
  return instant.getTime() === first;
}

export function monthStartMs(instantMs: number): number {
  const date = new Date(instantMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** Start of the next month. */
export function monthEndMs(instantMs: number): number {
  const date = new Date(instantMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** `2026-07`. */
export function monthText(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 7);
}

/** Start of the month `2026-07`; `undefined` for an invalid month. */
export function parseMonth(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})$/.exec(text.trim());
  const [year, month] = [Number(match?.[1]), Number(match?.[2])];
  return month >= 1 && month <= 12 ? Date.UTC(year, month - 1, 1) : undefined;
}

/** The whole months that a period touches, in order. */
export function monthsTouching({ startMs, endMs }: Period): Period[] {
  const months: Period[] = [];
  if (endMs <= startMs) return months;
  for (let atMs = monthStartMs(startMs); atMs < endMs; atMs = monthEndMs(atMs)) {
    months.push({ startMs: atMs, endMs: monthEndMs(atMs) });
  }
  return months;
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
