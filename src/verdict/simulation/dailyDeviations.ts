/** Computes each day's deviation from the mean daily saving, over a deployment's life. */

import type { DeploymentSeries } from './types.ts';

/** Deviations by day of the window. Days outside the deployment's life have none. */
export interface DailyDeviations {
  /** The life: from the first day with paid time to the last (`endDay` is exclusive). */
  readonly firstDay: number;
  readonly endDay: number;
  /** Dollars by day: the day's saving less that of the mean day. */
  readonly deviations: Float64Array;
  /** The same times the number of missing days: how far those days could have deviated. */
  readonly gaps: Float64Array;
  /** Replica time. */
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** A deployment's life with at least some covered time. */
export interface DeploymentLife {
  readonly firstDay: number;
  readonly endDay: number;
  /** Replica time by day of the window. */
  readonly missing: Float64Array;
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** `undefined` if none of the paid time is covered, or if the life is too short. */
export function findLife(
  { paid, covered }: DeploymentSeries,
  fewestDays: number,
): DeploymentLife | undefined {
  const firstPaid = paid.findIndex((time) => time > 0);
  const firstDay = Math.max(0, firstPaid);
  const endDay = firstPaid < 0 ? paid.length : paid.findLastIndex((time) => time > 0) + 1;
  const missing = paid.map((time, day) => Math.max(0, time - (covered[day] ?? 0)));
  const [coveredTime, missingTime] = [sumSeries(covered), sumSeries(missing)];
  if (endDay - firstDay < fewestDays) return undefined;
  if (missingTime > 0 && coveredTime === 0) return undefined;
  return { firstDay, endDay, missing, coveredTime, missingTime };
}

/**
 * Computes the deviations. Missing time is filled at the mean rate, which deviates by nothing, so
 * it does not matter where a gap lies. $2, $4 and $6 on three days deviate by -2, 0 and 2.
 */
export function toDailyDeviations(saved: Float64Array, life: DeploymentLife): DailyDeviations {
  const { firstDay, endDay, missing, coveredTime, missingTime } = life;
  const days = endDay - firstDay;
  const rate = coveredTime > 0 ? sumSeries(saved) / coveredTime : 0;
  const filled = saved.map((usd, day) => usd + rate * (missing[day] ?? 0));
  const mean = sumSeries(filled) / days;
  const gapDays = missingTime > 0 ? (days * missingTime) / (coveredTime + missingTime) : 0;
  const strays = filled.map((usd, day) => (day >= firstDay && day < endDay ? usd - mean : 0));
  const gaps = strays.map((usd) => usd * gapDays);
  return { firstDay, endDay, deviations: strays, gaps, coveredTime, missingTime };
}

/** Adds deviations day by day: those that coincide add up, those that offset cancel. */
export function addDeviations(one: DailyDeviations, other: DailyDeviations): DailyDeviations {
  return {
    firstDay: Math.min(one.firstDay, other.firstDay),
    endDay: Math.max(one.endDay, other.endDay),
    deviations: one.deviations.map((usd, day) => usd + (other.deviations[day] ?? 0)),
    gaps: one.gaps.map((usd, day) => usd + (other.gaps[day] ?? 0)),
    coveredTime: one.coveredTime + other.coveredTime,
    missingTime: one.missingTime + other.missingTime,
  };
}

export function sumSeries(series: Float64Array): number {
  let sum = 0;
  for (const value of series) sum += value;
  return sum;
}
