/** Load by hour of the week: tokens against what the paid replicas could serve. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import type { AuditDetail } from '../../verdict/auditDetail.ts';

/** Hours of a week; the first is Monday 0:00 UTC. */
const WEEK = 168;

export interface WeekLoad {
  /** Share of the paid capacity by hour of the week; undefined where nothing was paid or known. */
  readonly shares: readonly (number | undefined)[];
  /** Without a capacity, shares are those of the busiest hour of the week. */
  readonly of: 'capacity' | 'busiest';
}

type Load = AuditDetail['load'][number];

/**
 * Tokens of all Mondays at 0:00 over what their paid replica time could serve, and so on. Worked
 * number: 30 and 50 tokens on two Mondays, each with room for 100, are 0.4. Nothing where no hour
 * is known.
 */
export function weekLoad(load: Load | undefined): WeekLoad | undefined {
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

/** 1970-01-01 was a Thursday. */
function hourOfWeek(atMs: number): number {
  const day = (Math.floor(atMs / DAY_MS) + 3) % 7;
  return day * 24 + (Math.floor(atMs / HOUR_MS) % 24);
}

/** Neighboring hours of a day together: so many hours each, by day. */
export function blocksOf({ shares }: WeekLoad, hours: number): (number | undefined)[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 / hours }, (__, block) => {
      const from = day * 24 + block * hours;
      const known = shares.slice(from, from + hours).filter((share) => share !== undefined);
      if (known.length === 0) return undefined;
      return known.reduce((all, share) => all + share, 0) / known.length;
    }),
  );
}
