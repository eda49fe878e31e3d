/** Half-open UTC periods, and quarters that start in a fiscal month. */

import { Failure, invariant } from './failure.ts';
import { add, type Exact, exact, subtract } from './exact.ts';

/** `[startMs, endMs)` in milliseconds since 1970-01-01T00:00:00Z. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Default number of days after an audit in which to carry out an action without its own date. */
export const DAYS_TO_ACT = 30;

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

/** A quarter by year and number; `startMonth` 1 is the calendar quarter. */
export interface Quarter {
  readonly year: number;
  readonly number: 1 | 2 | 3 | 4;
}

export function quarterText(quarter: Quarter): string {
  return `${quarter.year}-Q${quarter.number}`;
}

/**
 * The quarter's period: the calendar quarter shifted by the fiscal start month.
 * 2026-Q1 is January to March; with `startMonth` 4 it is April to June 2026, and 2026-Q4 ends in
 * March 2027.
 */
export function quarterPeriod(quarter: Quarter, startMonth = 1): Period {
  const firstMonth = startMonth - 1 + (quarter.number - 1) * 3;
  return period(Date.UTC(quarter.year, firstMonth, 1), Date.UTC(quarter.year, firstMonth + 3, 1));
}

/** The quarter that contains the instant. */
export function quarterAt(instantMs: number, startMonth = 1): Quarter {
  const date = new Date(instantMs);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() - (startMonth - 1);
  const number = (Math.floor((months % 12) / 3) + 1) as Quarter['number'];
  return { year: Math.floor(months / 12), number };
}

export function previousQuarter(quarter: Quarter): Quarter {
  return quarter.number === 1
    ? { year: quarter.year - 1, number: 4 }
    : { year: quarter.year, number: (quarter.number - 1) as Quarter['number'] };
}

const NAMED_QUARTER = /^(\d{4})-?Q([1-4])$/i;

/** Whether {@link parseQuarter} accepts the text. */
export function isQuarterName(text: string): boolean {
  return text === 'last' || NAMED_QUARTER.test(text.trim());
}

/**
 * Parses `2026-Q3`, or `last`: the newest quarter that has ended at `nowMs`.
 * @throws {Failure} `usage` for anything else.
 */
export function parseQuarter(text: string, nowMs: number, startMonth = 1): Quarter {
  if (text === 'last') return previousQuarter(quarterAt(nowMs, startMonth));
  const match = NAMED_QUARTER.exec(text.trim());
  if (match === null) {
    throw new Failure('usage', `unknown quarter "${text}"`, {
      expected: 'a quarter like 2026-Q3, or "last"',
      hint: 'give the year and the quarter, e.g. 2026-Q3, or a period with --from and --to',
    });
  }
  return { year: Number(match[1]), number: Number(match[2]) as Quarter['number'] };
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

/**
 * Length of a period in quarters, each day by the length of its own quarter: a whole quarter is 1
 * whatever its days, half a year is 2, and 7 of the 92 days of July to September are 7/92.
 */
export function quartersIn({ startMs, endMs }: Period, startMonth: number): Exact {
  return subtract(quartersUntil(endMs, startMonth), quartersUntil(startMs, startMonth));
}

/** Quarters since the year 0: whole ones, and the elapsed part of the current one. */
function quartersUntil(instantMs: number, startMonth: number): Exact {
  const quarter = quarterAt(instantMs, startMonth);
  const own = quarterPeriod(quarter, startMonth);
  const passed = exact(BigInt(instantMs - own.startMs), BigInt(durationMs(own)));
  return add(exact(BigInt(quarter.year * 4 + quarter.number)), passed);
}
