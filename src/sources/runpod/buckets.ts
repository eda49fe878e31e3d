/** How a window becomes requests that lie on the edges of the bill's buckets. */

import { DAY_MS, HOUR_MS, type Period, period } from '../../domain/period.ts';

export type Bucket = 'hour' | 'day';

/** Longest time asked for at once: 744 hourly buckets of each resource. */
export const LONGEST_MS = 31 * DAY_MS;

const LENGTH_MS: Readonly<Record<Bucket, number>> = { hour: HOUR_MS, day: DAY_MS };

/**
 * The window widened to whole UTC buckets; RunPod would widen it too, but silently. 10:20 to 11:10
 * by the hour is 10:00 to 12:00.
 */
export function bucketed({ startMs, endMs }: Period, bucket: Bucket): Period {
  const lengthMs = LENGTH_MS[bucket];
  return period(Math.floor(startMs / lengthMs) * lengthMs, Math.ceil(endMs / lengthMs) * lengthMs);
}

/** Half a window, in whole buckets; `undefined` for a single one. 31 days are 15. */
export function halvedMs({ startMs, endMs }: Period, bucket: Bucket): number | undefined {
  const buckets = Math.round((endMs - startMs) / LENGTH_MS[bucket]);
  return buckets > 1 ? Math.floor(buckets / 2) * LENGTH_MS[bucket] : undefined;
}
