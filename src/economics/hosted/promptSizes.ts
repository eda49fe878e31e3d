/** Estimates the prompt size of an interval from its counts, because prices may depend on it. */

import { firstWhere } from '../../domain/search.ts';
import type { UsageSeries } from '../../domain/usage.ts';

/** The size of a row's prompts: the number of thresholds they exceed. */
export type SizeOf = (series: UsageSeries, row: number) => number;

/**
 * By the mean prompt, because single requests are unknown: 400,000 tokens in two requests do not
 * exceed 200,000. If requests are unknown, the size is 0.
 */
export function meanSize(thresholds: readonly number[]): SizeOf {
  return (series, row) => {
    const requests = series.requests[row] ?? Number.NaN;
    if (!(requests > 0)) return 0;
    const prompt = promptAt(series, row);
    return countBelow(thresholds, (threshold) => prompt > threshold * requests);
  };
}

/** The largest possible size of a request: as if one request had all prompt tokens. */
export function mostSize(thresholds: readonly number[]): SizeOf {
  return (series, row) => {
    const prompt = promptAt(series, row);
    return countBelow(thresholds, (threshold) => prompt > threshold);
  };
}

/** For rows that are parts of others: the size of the whole row, by which they are priced. */
export function sizeInWhole(whole: UsageSeries, sizeOf: SizeOf): SizeOf {
  return (part, row) => {
    const startMs = part.startMs[row] ?? 0;
    return sizeOf(
      whole,
      firstWhere(whole.startMs, (at) => at >= startMs),
    );
  };
}

function promptAt(series: UsageSeries, row: number): number {
  const cached = series.cachedPromptTokens[row] ?? Number.NaN;
  return (series.uncachedPromptTokens[row] ?? 0) + (Number.isNaN(cached) ? 0 : cached);
}

function countBelow(thresholds: readonly number[], isAbove: (threshold: number) => boolean) {
  let size = 0;
  while (size < thresholds.length && isAbove(thresholds[size] ?? 0)) size += 1;
  return size;
}
