/** Leaves out implausible usage intervals, and lists them. */

import { rowsWhere, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { StatedCapacity, UsageDoubt } from '../input.ts';
import { exactThroughputAt, throughputAt, supportedThroughput } from './pace.ts';
import type { ReplicaGpu } from '../replicaGpus.ts';
import { plausibleThroughput } from './publishedPace.ts';

/** The most times an interval may be as fast as the rest of the usage supports. */
const MOST_TIMES_SUPPORTED = 10;

export interface PlausibleUsage {
  readonly series: UsageSeries;
  readonly doubts: readonly UsageDoubt[];
}

interface PlausibilityTerms {
  readonly gpu: ReplicaGpu;
  readonly capacity?: StatedCapacity;
}

/**
 * Usage without implausible intervals: faster than plausible for their GPUs, or over ten times as
 * fast as the stated capacity and the third-fastest hour. Their tokens and time then count as
 * unknown, so the spend in that time is on neither side of a comparison. *2,400,000 tokens/s on one
 * H100, the next hours at 15,000: left out.*
 */
export function dropImplausibleUsage(
  series: UsageSeries,
  { gpu, capacity }: PlausibilityTerms,
): PlausibleUsage {
  const most = plausibleThroughput(gpu);
  const plausible = hasImplausible(series, most)
    ? rowsWhere(series, (row) => !(throughputAt(series, row) > most))
    : series;
  const supported =
    supportedThroughput([plausible], capacity?.tokensPerSecond) ?? Number.POSITIVE_INFINITY;
  const doubts: UsageDoubt[] = [];
  const doubted = new Set<number>();
  for (let row = 0; row < series.length; row += 1) {
    const rate = throughputAt(series, row);
    const isBeyond = rate > most;
    if (!isBeyond && !(rate > MOST_TIMES_SUPPORTED * supported)) continue;
    doubted.add(row);
    doubts.push({
      ...toUsageDoubt(series, row),
      code: isBeyond ? 'beyond-published' : 'alone',
      supported: isBeyond ? most : supported,
    });
  }
  if (doubted.size === 0) return { series, doubts };
  return { series: rowsWhere(series, (row) => !doubted.has(row)), doubts };
}

/** Usually there is none, so a quarter of intervals need not be copied. */
function hasImplausible(series: UsageSeries, most: number): boolean {
  for (let row = 0; row < series.length; row += 1)
    if (throughputAt(series, row) > most) return true;
  return false;
}

/** The interval of a row, and its rate. */
export function toUsageDoubt(series: UsageSeries, row: number) {
  return {
    startMs: series.startMs[row] ?? 0,
    endMs: series.endMs[row] ?? 0,
    tokens: tokensAt(series, row),
    tokensPerSecond: exactThroughputAt(series, row),
  };
}
