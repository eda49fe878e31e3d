/** Combines latency histograms and computes their quantiles. */

import type { LatencyHistogram, LatencyMeasure } from '../../domain/usageFacts.ts';

/** At most this many seconds; with `isMore`, an unknown time above the last bucket. */
export interface Quantile {
  readonly seconds: number;
  readonly isMore: boolean;
}

export interface LatencyFigures {
  readonly count: number;
  readonly p50: Quantile;
  readonly p95: Quantile;
}

/** Latency figures by measure, without measures that have no counts. */
export function combineLatency(
  histograms: readonly LatencyHistogram[],
): Partial<Record<LatencyMeasure, LatencyFigures>> {
  const byMeasure = Map.groupBy(histograms, ({ measure }) => measure);
  const figures = [...byMeasure].flatMap(([measure, all]) => {
    const { bounds, counts } = combine(all);
    const count = counts.reduce((sum, each) => sum + each, 0);
    const [p50, p95] = [0.5, 0.95].map((share) => quantile(bounds, counts, share));
    return p50 === undefined || p95 === undefined ? [] : [[measure, { count, p50, p95 }] as const];
  });
  return Object.fromEntries(figures);
}

interface CombinedHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Sums histograms over their common bounds, so no count is guessed: [1, 2, 4] and [1, 4] share 1
 * and 4, and counts between 1 and 2 go between 1 and 4.
 */
function combine(all: readonly LatencyHistogram[]): CombinedHistogram {
  const counted = all.filter(({ counts }) => counts.some((count) => count > 0));
  const [first, ...others] = counted.map(({ boundsSeconds }) => boundsSeconds);
  const sets = others.map((bounds) => new Set(bounds));
  const bounds = (first ?? []).filter((bound) => sets.every((set) => set.has(bound)));
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const { boundsSeconds, counts: own } of counted) {
    let bucket = 0;
    for (const [at, count] of own.entries()) {
      const upper = boundsSeconds[at] ?? Number.POSITIVE_INFINITY;
      while (bucket < bounds.length && upper > (bounds[bucket] ?? 0)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + count;
    }
  }
  return { bounds, counts };
}

/**
 * Linear within a bucket, starting at 0, like Prometheus' `histogram_quantile`. For 10, 30 and 10
 * counts up to 0.1, 0.5 and 1 second the median is 0.1 + 0.4 × 15/30 = 0.3.
 */
export function quantile(
  bounds: readonly number[],
  counts: readonly number[],
  share: number,
): Quantile | undefined {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return undefined;
  let below = 0;
  for (const [at, upper] of bounds.entries()) {
    const count = counts[at] ?? 0;
    if (below + count >= wanted && count > 0) {
      const lower = bounds[at - 1] ?? Math.min(0, upper);
      return { seconds: lower + ((upper - lower) * (wanted - below)) / count, isMore: false };
    }
    below += count;
  }
  return { seconds: bounds.at(-1) ?? 0, isMore: true };
}
