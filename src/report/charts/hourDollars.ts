/** Computes the dollars paid for hours that were at least half full. */

import { decimal, toNumber } from '../../domain/exact.ts';
import { dayText, HOUR_MS } from '../../domain/period.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';

/** Dollars of hours with known usage: all of them, and those at 50% of capacity or more. */
export interface HourDollars {
  readonly usd: number;
  readonly atLeastHalfUsd: number;
}

type HourlyLoad = AuditDetail['load'][number];

/**
 * Splits each day's dollars over its hours by paid replica time. An hour's capacity is that of the
 * replicas paid for in it. $6.00 for an hour of two replicas at 30% and an hour of one at 60%:
 * $2.00 of $6.00 at half or more. `undefined` if paid hours are unknown.
 */
export function computeHourDollars(
  load: HourlyLoad,
  days: AuditDetail['days'],
): HourDollars | undefined {
  const { tokensByHour, capacityTokensPerHour, replicas, paidMsByHour } = load;
  if (paidMsByHour === undefined || capacityTokensPerHour === null || replicas < 1)
    return undefined;
  const rates = ratesOf(load, days);
  let [usd, atLeastHalfUsd] = [0, 0];
  for (const [hour, tokens] of tokensByHour.entries()) {
    const paidMs = paidMsByHour[hour] ?? 0;
    if (tokens === null || paidMs <= 0) continue;
    const full = (capacityTokensPerHour / replicas) * (paidMs / HOUR_MS);
    const paid = paidMs * (rates.get(dayOf(load, hour)) ?? 0);
    usd += paid;
    if (tokens >= full / 2) atLeastHalfUsd += paid;
  }
  return usd > 0 ? { usd, atLeastHalfUsd } : undefined;
}

/** Dollars per millisecond of replica time, by day. */
function ratesOf(load: HourlyLoad, days: AuditDetail['days']): Map<string, number> {
  const paid = new Map<string, number>();
  for (const [hour, ms] of (load.paidMsByHour ?? []).entries()) {
    const day = dayOf(load, hour);
    paid.set(day, (paid.get(day) ?? 0) + ms);
  }
  return new Map(
    days
      .filter(({ deployment }) => deployment === load.deployment)
      .map(({ day, spendUsd }) => [day, toNumber(decimal(spendUsd)) / (paid.get(day) || Infinity)]),
  );
}

function dayOf({ startMs }: HourlyLoad, hour: number): string {
  return dayText(startMs + hour * HOUR_MS);
}
