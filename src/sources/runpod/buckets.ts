/** Knows how a window becomes requests that lie on the bill's bucket edges. */

import { DAY_MS, HOUR_MS, type Period } from '../../domain/period.ts';

export type Bucket = 'hour' | 'day';

/** Longest time asked for at once: 744 hourly buckets of each resource. */
const LONGEST_MS = 31 * DAY_MS;

/**
 * The window widened to whole UTC buckets and cut into requests of at most 31 days. RunPod would
 * widen it too, but silently. 10:20 to 11:10 by the hour is one request from 10:00 to 12:00.
 */
export function bucketWindows(window: Period, bucket: Bucket): Period[] {
  const lengthMs = bucket === 'hour' ? HOUR_MS : DAY_MS;
  const lastMs = Math.ceil(window.endMs / lengthMs) * lengthMs;
  const windows: Period[] = [];
  let startMs = Math.floor(window.startMs / lengthMs) * lengthMs;
  while (startMs < lastMs) {
    const endMs = Math.min(startMs + LONGEST_MS, lastMs);
    windows.push({ startMs, endMs });
    startMs = endMs;
  }
  return windows;
}
