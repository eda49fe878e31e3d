/** Computes load by hour of the week: tokens over the capacity of the paid replicas. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';

/** Hours of a week. The first is Monday 0:00 UTC. */
const WEEK = 168;

export interface WeekLoad {
  /**
   * Share of the paid capacity by hour of the week. `undefined` without paid time or known usage.
   */
  readonly shares: readonly (number | undefined)[];
  /** `busiest`: without a known capacity, shares are of the busiest hour of the week. */
  readonly of: 'capacity' | 'busiest';
}

type Load = AuditDetail['load'][number];

/**
 * For each hour of the week: its tokens over all weeks, divided by the capacity of the paid replica
 * time. Worked number: 30 and 50 tokens on two Mondays with a capacity of 100 each are 0.4.
 * `undefined` without a known hour.
 */
export function computeWeekLoad(load: Load | undefined): WeekLoad | undefined {
  if (load === undefined) return undefined;
  const { startMs, tokensByHour, capacityTokensPerHour, replicas, paidMsByHour } = load;
  const served = Array.from({ length: WEEK }, () => 0);
  const room = Array.from({ length: WEEK }, () => 0);
  const perReplica =
    capacityTokensPerHour === null ? 1 : capacityTokensPerHour / Math.max(1, replicas);
  for (const [hour, tokens] of tokensByHour.entries()) {
    const paidMs = paidMsByHour === undefined ? replicas * HOUR_MS : (paidMsByHour[hour] ?? 0);
    if (tokens === null || paidMs <= 0) continue;
    const at = hourOfWeek(startMs + hour * HOUR_MS);
    served[at] = (served[at] ?? 0) + tokens;
    room[at] = (room[at] ?? 0) + perReplica * (paidMs / HOUR_MS);
  }
  const shares = served.map((tokens, at) => {
    const most = room[at] ?? 0;
    return most > 0 ? tokens / most : undefined;
  });
  if (shares.every((share) => share === undefined)) return undefined;
  if (capacityTokensPerHour !== null) {
    return { shares: shares.map((share) => share && Math.min(1, share)), of: 'capacity' };
  }
  const busiest = Math.max(...shares.map((share) => share ?? 0)) || 1;
  return { shares: shares.map((share) => share && share / busiest), of: 'busiest' };
}

/** Hour of the week. 1970-01-01 was a Thursday. */
function hourOfWeek(atMs: number): number {
  const day = (Math.floor(atMs / DAY_MS) + 3) % 7;
  return day * 24 + (Math.floor(atMs / HOUR_MS) % 24);
}

/** Mean shares of blocks of hours, by day. */
export function meanByBlock({ shares }: WeekLoad, hours: number): (number | undefined)[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 / hours }, (__, block) => {
      const from = day * 24 + block * hours;
      const known = shares.slice(from, from + hours).filter((share) => share !== undefined);
      if (known.length === 0) return undefined;
      return known.reduce((all, share) => all + share, 0) / known.length;
    }),
  );
}
