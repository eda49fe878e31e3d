/**
 * Computes when a quarter's report is due: the n-th business day after the quarter, at a local
 * time.
 */

import {
  DAY_MS,
  dayText,
  previousQuarter,
  type Quarter,
  quarterAt,
  quarterPeriod,
} from './period.ts';
import { localDayText, localTimeMs } from './wallClock.ts';

export interface DueRule {
  /** First month of the fiscal year. */
  readonly startMonth: number;
  /** The n-th working day after the quarter's end. */
  readonly businessDayOfQuarter: number;
  /** `07:00`, local time in `timeZone`. */
  readonly at: string;
  /** An IANA time zone. */
  readonly timeZone: string;
  /** Holidays beside Saturdays and Sundays, as dates like `2026-10-05`. */
  readonly holidays: ReadonlySet<string>;
}

/**
 * The instant at which the report of `quarter` is due. 2026-Q3 on the fifth business day at 07:00
 * in Paris is 2026-10-07T05:00:00Z.
 */
export function reportDueMs(quarter: Quarter, rule: DueRule): number {
  let left = rule.businessDayOfQuarter;
  // The quarter's end as a date, which is the same in every zone.
  let dayMs = quarterPeriod(quarter, rule.startMonth).endMs;
  for (; ; dayMs += DAY_MS) {
    if (isBusinessDay(dayMs, rule)) left -= 1;
    if (left === 0) return localTimeMs(dayText(dayMs), rule.at, rule.timeZone);
  }
}

/** The newest quarter whose report is due by `nowMs`, by local time. */
export function newestDueQuarter(nowMs: number, rule: DueRule): Quarter {
  const today = Date.parse(`${localDayText(nowMs, rule.timeZone)}T00:00:00Z`);
  let quarter = previousQuarter(quarterAt(today, rule.startMonth));
  while (reportDueMs(quarter, rule) > nowMs) quarter = previousQuarter(quarter);
  return quarter;
}

function isBusinessDay(dayMs: number, { holidays }: DueRule): boolean {
  const weekday = new Date(dayMs).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(dayText(dayMs));
}
