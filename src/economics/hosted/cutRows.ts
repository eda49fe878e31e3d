/** Splits usage intervals at instants where a hosted price changes within the day. */

import { apportion } from '../../domain/apportion.ts';
import { firstWhere } from '../../domain/search.ts';
import { emptySeries, type OpenSeries, type UsageSeries } from '../../domain/usage.ts';

export interface SplitSeries {
  readonly series: UsageSeries;
  /** Rows of `series` that were one interval, so their distribution of tokens is a guess. */
  readonly groups: readonly { readonly from: number; readonly to: number }[];
}

/**
 * The same tokens in rows that cross none of the edges, divided by time in whole tokens. 24 million
 * of a day that is split at 06:00 are 6 and 18 million.
 */
export function splitRows(series: UsageSeries, edgesMs: Float64Array): SplitSeries {
  const cuts = Array.from({ length: series.length }, (_, row) => edgesIn(series, row, edgesMs));
  const length = cuts.reduce((rows, edges) => rows + edges.length + 1, 0);
  if (length === series.length) return { series, groups: [] };
  const split = emptySeries(length);
  const groups: { from: number; to: number }[] = [];
  let from = 0;
  for (const [row, edges] of cuts.entries()) {
    fill(split, from, { series, row, edges });
    const to = from + edges.length + 1;
    if (edges.length > 0) groups.push({ from, to });
    from = to;
  }
  return { series: split, groups };
}

const NONE = new Float64Array();

function edgesIn(series: UsageSeries, row: number, edgesMs: Float64Array): Float64Array {
  const [startMs, endMs] = [series.startMs[row] ?? 0, series.endMs[row] ?? 0];
  const from = firstWhere(edgesMs, (edgeMs) => edgeMs > startMs);
  if ((edgesMs[from] ?? Number.POSITIVE_INFINITY) >= endMs) return NONE;
  return edgesMs.subarray(
    from,
    firstWhere(edgesMs, (edgeMs) => edgeMs >= endMs),
  );
}

/** The counts that hosted prices depend on. */
const COUNTS = ['uncachedPromptTokens', 'cachedPromptTokens', 'outputTokens', 'requests'] as const;

interface Row {
  readonly series: UsageSeries;
  readonly row: number;
  readonly edges: Float64Array;
}

function fill(split: OpenSeries, to: number, { series, row, edges }: Row): void {
  const times = [series.startMs[row] ?? 0, ...edges, series.endMs[row] ?? 0];
  const lengths = times.slice(1).map((endMs, at) => BigInt(endMs - (times[at] ?? 0)));
  for (const name of COUNTS) {
    const whole = series[name][row] ?? Number.NaN;
    const parts = Number.isNaN(whole) ? [] : apportion(BigInt(whole), lengths);
    for (const [at, part] of parts.entries()) split[name][to + at] = Number(part);
  }
  for (const at of lengths.keys()) {
    split.startMs[to + at] = times[at] ?? 0;
    split.endMs[to + at] = times[at + 1] ?? 0;
    split.estimated[to + at] = lengths.length > 1 ? 1 : (series.estimated[row] ?? 0);
  }
}
