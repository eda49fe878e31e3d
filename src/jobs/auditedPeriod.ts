/** The period that is audited: a quarter by name, or a custom period. */

import { z } from 'zod';
import type { Exact } from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';
import {
  DAY_MS,
  dayStartMs,
  instantText,
  isQuarterName,
  parseInstant,
  parseQuarter,
  type Period,
  period,
  quarterPeriod,
  quartersIn,
  quarterText,
} from '../domain/period.ts';

/** Schema of an instant in payloads: ISO 8601, UTC if it has no offset. */
export const instantSchema = z.string().transform((text, check) => {
  const instantMs = parseInstant(text);
  if (instantMs !== undefined) return instantMs;
  check.addIssue({
    code: 'custom',
    message: `Invalid date "${text}": write it like 2026-07-01 or 2026-07-01T00:00:00Z`,
  });
  return z.NEVER;
});

/** Schema of a quarter in payloads; an invalid one is rejected before the job is queued. */
export const quarterSchema = z.string().refine(isQuarterName, {
  error: ({ input }) => `Invalid quarter "${String(input)}": write it like 2026-Q3, or "last"`,
});

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
