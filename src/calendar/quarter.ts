/** Fiscal quarters, and the period that an audit covers: a quarter by name, or a custom period. */

import { add, type Exact, exact, subtract } from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';
import {
  DAY_MS,
  dayStartMs,
  durationMs,
  instantText,
  type Period,
  period,
} from '../domain/period.ts';

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

export function nextQuarter({ year, number }: Quarter): Quarter {
  if (number === 4) return { year: year + 1, number: 1 };
  return { year, number: (number + 1) as Quarter['number'] };
}

/** The `count` quarters before this one, the latest first. */
export function quartersBefore(quarter: Quarter, count: number): Quarter[] {
  const found: Quarter[] = [];
  for (let before = quarter; found.length < count; ) {
    before = previousQuarter(before);
    found.push(before);
  }
  return found;
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

/** The requested period, and the part of it that is over and audited. */
export interface AuditedPeriod {
  /** `2026-Q3`, or absent for a custom period. */
  readonly quarter?: string;
  readonly requested: Period;
  /** The requested period, cut at today's midnight UTC if it has not ended. */
  readonly window: Period;
  /** Length of the window in quarters, by which settings per quarter are multiplied. */
  readonly quarters: Exact;
  readonly partial: boolean;
}

export interface PeriodRequest {
  readonly quarter?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * @throws {Failure} `usage` for an unknown quarter, or a period that ends before it starts or lies
 * in the future.
 */
export function toAuditedPeriod(
  request: PeriodRequest,
  nowMs: number,
  startMonth: number,
): AuditedPeriod {
  const withLength = (requested: Period) => {
    const cut = cutToPast(requested, nowMs);
    return { ...cut, quarters: quartersIn(cut.window, startMonth) };
  };
  if (request.from !== undefined || request.to !== undefined)
    return withLength(customPeriod(request));
  const quarter = parseQuarter(request.quarter ?? 'last', nowMs, startMonth);
  return { ...withLength(quarterPeriod(quarter, startMonth)), quarter: quarterText(quarter) };
}

function customPeriod({ quarter, from, to }: PeriodRequest): Period {
  if (from === undefined || to === undefined || quarter !== undefined) {
    throw new Failure('usage', 'A custom period needs --from and --to, and no quarter', {
      expected: 'either a quarter, or --from and --to together',
      hint: 'e.g. --from 2026-07-01 --to 2026-08-01 (the end is not included)',
    });
  }
  if (from < EARLIEST_MS) {
    throw new Failure('usage', `The period starts before 2000: ${instantText(from)}`, {
      expected: 'a start in 2000 or later',
      hint: 'e.g. --from 2026-07-01 --to 2026-08-01 (the end is not included)',
    });
  }
  return periodBetween(from, to);
}

/** No stack is older; 1900 and 0050 are typos. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);

/** @throws {Failure} `usage` for a period that ends before it starts. */
export function periodBetween(startMs: number, endMs: number): Period {
  if (startMs < endMs) return period(startMs, endMs);
  throw new Failure('usage', 'The period ends before it starts', {
    expected: '--from earlier than --to',
    hint: 'swap --from and --to; the end is not included',
  });
}

function cutToPast(
  requested: Period,
  nowMs: number,
): Pick<AuditedPeriod, 'requested' | 'window' | 'partial'> {
  if (requested.endMs <= nowMs) return { requested, window: requested, partial: false };
  if (requested.startMs >= nowMs) {
    throw new Failure('usage', 'The period has not started yet', {
      expected: 'a quarter or period that has started',
      hint: 'use an earlier quarter, e.g. "last"',
    });
  }
  const today = dayStartMs(nowMs);
  const endMs = today > requested.startMs ? today : Math.min(nowMs, requested.startMs + DAY_MS);
  return { requested, window: period(requested.startMs, endMs), partial: true };
}
