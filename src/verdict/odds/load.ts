/** What each day's saving strays from the mean day, over the life of a deployment. */

import type { DrawnDeployment } from './drawn.ts';

/** Days are those of the window; outside the life nothing strays. */
export interface Load {
  /** From the first day with paid time to the last: before and after there was no deployment. */
  readonly firstDay: number;
  readonly endDay: number;
  /** Dollars by day: a day's saving less that of the mean day. */
  readonly strays: Float64Array;
  /** The same times the days of which nothing is known: what they would have strayed. */
  readonly gaps: Float64Array;
  /** Replica time. */
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** A life of which some time is covered. */
export interface Life {
  readonly firstDay: number;
  readonly endDay: number;
  /** Replica time by day of the window. */
  readonly missing: Float64Array;
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** `undefined` where time was paid and none of it is covered, or for too few days. */
export function lifeOf({ paid, covered }: DrawnDeployment, fewestDays: number): Life | undefined {
  const firstPaid = paid.findIndex((time) => time > 0);
  const firstDay = Math.max(0, firstPaid);
  const endDay = firstPaid < 0 ? paid.length : paid.findLastIndex((time) => time > 0) + 1;
  const missing = paid.map((time, day) => Math.max(0, time - (covered[day] ?? 0)));
  const [coveredTime, missingTime] = [total(covered), total(missing)];
  if (endDay - firstDay < fewestDays) return undefined;
  if (missingTime > 0 && coveredTime === 0) return undefined;
  return { firstDay, endDay, missing, coveredTime, missingTime };
}

/**
 * Days that are not wholly covered are filled at the mean rate, which strays nowhere: where a gap
 * lies does not matter. 2, 4 and 6 dollars on three days stray by -2, 0 and 2.
 */
export function loadOf(saved: Float64Array, life: Life): Load {
  const { firstDay, endDay, missing, coveredTime, missingTime } = life;
  const days = endDay - firstDay;
  const rate = coveredTime > 0 ? total(saved) / coveredTime : 0;
  const filled = saved.map((usd, day) => usd + rate * (missing[day] ?? 0));
  const mean = total(filled) / days;
  const gapDays = missingTime > 0 ? (days * missingTime) / (coveredTime + missingTime) : 0;
  const strays = filled.map((usd, day) => (day >= firstDay && day < endDay ? usd - mean : 0));
  const gaps = strays.map((usd) => usd * gapDays);
  return { firstDay, endDay, strays, gaps, coveredTime, missingTime };
}

/** Days are the same days for all: what falls together adds up, what offsets cancels. */
export function addLoads(one: Load, other: Load): Load {
  return {
    firstDay: Math.min(one.firstDay, other.firstDay),
    endDay: Math.max(one.endDay, other.endDay),
    strays: one.strays.map((usd, day) => usd + (other.strays[day] ?? 0)),
    gaps: one.gaps.map((usd, day) => usd + (other.gaps[day] ?? 0)),
    coveredTime: one.coveredTime + other.coveredTime,
    missingTime: one.missingTime + other.missingTime,
  };
}

export function total(series: Float64Array): number {
  let sum = 0;
  for (const value of series) sum += value;
  return sum;
}
