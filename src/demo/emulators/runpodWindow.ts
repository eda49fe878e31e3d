/** Resolves the time range of a RunPod billing query: defaults, bucket edges and errors. */

import { DAY_MS, HOUR_MS, parseInstant } from '../../domain/period.ts';

const BUCKET_SIZES = ['hour', 'day', 'week', 'month', 'year'] as const;
type BucketSize = (typeof BUCKET_SIZES)[number];

/** A time range on bucket edges; the end is exclusive. */
export interface BillingWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly bucketSize: BucketSize;
}

/** All errors of one query. */
type Faults = string[];

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/i;

/**
 * Defaults: `bucketSize` is day, `startTime` is 30 days ago, `endTime` is now. The start is rounded
 * down and the end up to a bucket edge. `lastN` counts buckets back from the current one, and
 * excludes `startTime` and `endTime`.
 */
export function resolveWindow(query: URLSearchParams, nowMs: number): BillingWindow | Faults {
  const faults: Faults = [];
  const bucketSize = readBucketSize(query, faults);
  const lastN = readLastN(query, faults);
  const start = readInstant(query, 'startTime', faults) ?? nowMs - 30 * DAY_MS;
  const end = readInstant(query, 'endTime', faults) ?? nowMs;
  if (lastN === undefined && start >= end) faults.push('startTime must be before endTime');
  if (faults.length > 0) return faults;
  if (lastN === undefined) {
    const endMs = bucketStart(end, bucketSize);
    return {
      startMs: bucketStart(start, bucketSize),
      endMs: endMs === end ? end : nextBucket(endMs, bucketSize),
      bucketSize,
    };
  }
  const current = bucketStart(nowMs, bucketSize);
  let startMs = current;
  for (let n = 1; n < lastN; n += 1) startMs = bucketStart(startMs - 1, bucketSize);
  return { startMs, endMs: nextBucket(current, bucketSize), bucketSize };
}

/** The window's buckets in order. */
export function bucketsOf(window: BillingWindow): { startMs: number; endMs: number }[] {
  const buckets = [];
  for (let startMs = window.startMs; startMs < window.endMs; ) {
    const endMs = nextBucket(startMs, window.bucketSize);
    buckets.push({ startMs, endMs });
    startMs = endMs;
  }
  return buckets;
}

function readBucketSize(query: URLSearchParams, faults: Faults): BucketSize {
  const text = query.get('bucketSize') ?? 'day';
  const known = BUCKET_SIZES.find((size) => size === text);
  if (known === undefined) faults.push(`bucketSize must be one of ${BUCKET_SIZES.join(', ')}`);
  return known ?? 'day';
}

function readLastN(query: URLSearchParams, faults: Faults): number | undefined {
  const text = query.get('lastN');
  if (text === null) return undefined;
  if (query.has('startTime') || query.has('endTime')) {
    faults.push('lastN and startTime/endTime are mutually exclusive');
  }
  if (!/^[1-9]\d{0,5}$/.test(text)) faults.push('lastN must be an integer of at least 1');
  return Number(text);
}

function readInstant(query: URLSearchParams, name: string, faults: Faults): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const instant = RFC_3339.test(text) ? parseInstant(text.toUpperCase()) : undefined;
  if (instant === undefined) faults.push(`${name} must be an RFC 3339 date-time`);
  return instant;
}

/** UTC; weeks begin on Mondays. */
function bucketStart(atMs: number, size: BucketSize): number {
  const date = new Date(atMs);
  switch (size) {
    case 'hour':
      return Math.floor(atMs / HOUR_MS) * HOUR_MS;
    case 'day':
      return Math.floor(atMs / DAY_MS) * DAY_MS;
    case 'week':
      return (Math.floor((atMs / DAY_MS + 3) / 7) * 7 - 3) * DAY_MS;
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    case 'year':
      return Date.UTC(date.getUTCFullYear(), 0, 1);
  }
}

function nextBucket(startMs: number, size: BucketSize): number {
  const spans = { hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS, month: 31 * DAY_MS };
  return size === 'year'
    ? bucketStart(startMs + 366 * DAY_MS, size)
    : bucketStart(startMs + spans[size], size);
}
