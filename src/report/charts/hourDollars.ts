/** What was paid in hours that were at least half full, and in all of them. */

import { decimal, toNumber } from '../../domain/exact.ts';
import { dayText, HOUR_MS } from '../../domain/period.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';

/** Of hours with known usage: what was paid in them, and in those at half of capacity or more. */
export interface DollarsOfHours {
  readonly usd: number;
  readonly atLeastHalfUsd: number;
}

type Load = AuditDetail['load'][number];

/**
 * The dollars of a day by the replica time that each of its hours paid for; an hour is full at the
 * capacity of what was paid for in it. $6.00 for an hour of two replicas at 30% and one hour of
 * one at 60% is $2.00 at half or more, of $6.00. Nothing where the paid hours are not told.
 */
export function dollarsOfHours(load: Load, days: AuditDetail['days']): DollarsOfHours | undefined {
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

/** Dollars of a millisecond of replica time, day by day. */
function ratesOf(load: Load, days: AuditDetail['days']): Map<string, number> {
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

function dayOf({ startMs }: Load, hour: number): string {
  return dayText(startMs + hour * HOUR_MS);
}
