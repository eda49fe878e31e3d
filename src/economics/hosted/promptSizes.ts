/** How long the prompts of an interval are, as far as its counts tell: a host may ask by it. */

import { firstWhere } from '../../domain/search.ts';
import type { UsageSeries } from '../../domain/usage.ts';

/** The size of a row's prompts by thresholds: how many of them it is above. */
export type SizeOf = (series: UsageSeries, row: number) => number;

/**
 * By the mean prompt, for nothing else is known of single requests: 400,000 tokens of two requests
 * are not above 200,000. Where requests are unknown the size is 0.
 */
export function meanSize(thresholds: readonly number[]): SizeOf {
  return (series, row) => {
    const requests = series.requests[row] ?? Number.NaN;
    if (!(requests > 0)) return 0;
    const prompt = promptAt(series, row);
    return countBelow(thresholds, (threshold) => prompt > threshold * requests);
  };
}

/** The largest size that any request can have had: as if one had had all prompt tokens. */
export function mostSize(thresholds: readonly number[]): SizeOf {
  return (series, row) => {
    const prompt = promptAt(series, row);
    return countBelow(thresholds, (threshold) => prompt > threshold);
  };
}

/** Of rows that are parts of others: the size of the whole row, as which it is asked for. */
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
