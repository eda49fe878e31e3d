/** How long something counts as recent: periods to look back, quiet times, days to act. */

import { DAY_MS, HOUR_MS, type Period, period, dayStartMs } from '../domain/period.ts';

/** The length of the longest quarter. */
export const QUARTER_DAYS = 92;

/** About two quarters, so that the last finished quarter is always included. */
export const TWO_QUARTERS_DAYS = 190;

/** Default number of days after an audit in which to carry out an action without its own date. */
export const DAYS_TO_ACT = 30;

/** Earlier quarters that fit into the trend chart, beside the newest one. */
export const TREND_QUARTERS = 5;

/** How long a retirement is reported: someone may be on leave. */
const RECENTLY_RETIRED_MS = 14 * DAY_MS;

/** Whether a provider stopped selling so lately that this is still reported. */
export function isRecentlyRetired(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs < RECENTLY_RETIRED_MS;
}

/** The days before an instant. */
export function daysBefore(instantMs: number, days: number): Period {
  return period(instantMs - days * DAY_MS, instantMs);
}

/** The day up to an instant; at midnight, the whole day before. */
export function dayUntil(instantMs: number): Period {
  return period(dayStartMs(instantMs - 1), instantMs);
}

/** A little less than a day, because the check runs at about the same time each day. */
const QUIET_MS = DAY_MS - HOUR_MS;

/** An entry of the work log: when the work of a line for a subject was done last. */
interface LoggedWork {
  readonly line: string;
  readonly subject: string;
  readonly doneAtMs: number;
}

/** Whether a message of this line and subject was sent less than a day ago, so stays quiet now. */
export function wasDoneToday(
  log: readonly LoggedWork[],
  wanted: Pick<LoggedWork, 'line' | 'subject'>,
  nowMs: number,
): boolean {
  const last = log.find((work) => work.line === wanted.line && work.subject === wanted.subject);
  return last !== undefined && nowMs - last.doneAtMs < QUIET_MS;
}
