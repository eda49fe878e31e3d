/** Leaves out intervals of usage that no evidence supports, and tells which they were. */

import { rowsWhere, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { StatedCapacity, UsageDoubt } from '../input.ts';
import { exactPaceAt, paceAt, supportedPace } from './pace.ts';
import type { ReplicaGpu } from '../replicaGpus.ts';
import { believablePace } from './publishedPace.ts';

/** An interval may be so many times as fast as the rest of the usage supports. */
const ALONE = 10;

export interface Believed {
  readonly series: UsageSeries;
  readonly doubts: readonly UsageDoubt[];
}

interface Believer {
  readonly gpu: ReplicaGpu;
  readonly capacity?: StatedCapacity;
}

/**
 * The usage without intervals that are faster than is believed of their GPUs, or more than ten
 * times as fast as the stated capacity and as the third-fastest hour. Their tokens and their time
 * are unknown from then on: the dollars paid in it are in neither side of a comparison.
 * *2,400,000 tokens/s of one H100, the next hours at 15,000: left out.*
 */
export function believedUsage(series: UsageSeries, { gpu, capacity }: Believer): Believed {
  const most = believablePace(gpu);
  const judged = hasBeyond(series, most)
    ? rowsWhere(series, (row) => !(paceAt(series, row) > most))
    : series;
  const supported = supportedPace([judged], capacity?.tokensPerSecond) ?? Number.POSITIVE_INFINITY;
  const doubts: UsageDoubt[] = [];
  const doubted = new Set<number>();
  for (let row = 0; row < series.length; row += 1) {
    const pace = paceAt(series, row);
    const isBeyond = pace > most;
    if (!isBeyond && !(pace > ALONE * supported)) continue;
    doubted.add(row);
    doubts.push({
      ...doubtAt(series, row),
      code: isBeyond ? 'beyond-published' : 'alone',
      supported: isBeyond ? most : supported,
    });
  }
  if (doubted.size === 0) return { series, doubts };
  return { series: rowsWhere(series, (row) => !doubted.has(row)), doubts };
}

/** Most often none is: a quarter of intervals is not copied for it. */
function hasBeyond(series: UsageSeries, most: number): boolean {
  for (let row = 0; row < series.length; row += 1) if (paceAt(series, row) > most) return true;
  return false;
}

/** The interval of a row, and how fast it was. */
export function doubtAt(series: UsageSeries, row: number) {
  return {
    startMs: series.startMs[row] ?? 0,
    endMs: series.endMs[row] ?? 0,
    tokens: tokensAt(series, row),
    tokensPerSecond: exactPaceAt(series, row),
  };
}
