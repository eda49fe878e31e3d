/** Sums tokens between midnights and price changes. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import { emptySeries, type OpenSeries, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { addAt } from '../columns.ts';
import { firstWhere } from '../../domain/search.ts';
import { apportion } from '../../domain/apportion.ts';

/**
 * Sums over intervals that start between `startMs[i]` and the next later start. If prices depend on
 * prompt size, there is one segment for each size.
 */
export interface Segments {
  readonly startMs: Float64Array;
  readonly size: Uint8Array;
  readonly uncached: Float64Array;
  readonly cached: Float64Array;
  readonly output: Float64Array;
  readonly requests: Float64Array;
  /** The part of `uncached` with unknown cache hits. */
  readonly cacheUnknown: Float64Array;
  /** Start of the first interval with tokens or requests; `NaN` if there is none. */
  readonly firstLoadMs: Float64Array;
  /** Intervals with tokens whose requests are unknown. */
  readonly requestsUnknown: Float64Array;
}

/**
 * Prices are linear in tokens, so a quarter of intervals becomes one sum for each day and price
 * epoch. `partOf` takes only part of a row's tokens; sums are integers if it takes all.
 */
export function buildSegments(
  series: UsageSeries,
  grid: DayGrid,
  { changesMs, partOf = WHOLE, thresholds = [], sizeOf = meanSize(thresholds) }: SegmentTerms,
): Segments {
  const startMs = boundaries(grid, changesMs);
  const sizes = thresholds.length + 1;
  const segments = emptySegments(startMs, sizes);
  let at = 0;
  for (let row = 0; row < series.length; row += 1) {
    const instantMs = series.startMs[row] ?? 0;
    while (at + 1 < startMs.length && (startMs[at + 1] ?? 0) <= instantMs) at += 1;
    const size = sizes === 1 ? 0 : sizeOf(series, row);
    addRow(segments, at * sizes + size, { series, row, part: partOf(row) });
  }
  return segments;
}

/**
 * Segments of tokens that may wait, split by hour as well, because each hour is bought at the
 * cheaper price.
 */
export function hourlySegments(waiting: UsageSeries, grid: DayGrid, terms: SegmentTerms): Segments {
  const hours = new Set(Array.from(waiting.startMs, (at) => at - (at % HOUR_MS)));
  return buildSegments(waiting, grid, { ...terms, changesMs: [...terms.changesMs, ...hours] });
}

export interface SegmentTerms {
  /** Instants at which a price changed. */
  readonly changesMs: readonly number[];
  readonly partOf?: (row: number) => number;
  /** Prompt sizes with different prices; none by default. */
  readonly thresholds?: readonly number[];
  /** By the mean prompt by default. */
  readonly sizeOf?: SizeOf;
}

const WHOLE = () => 1;

/** The same if every prompt token with unknown cache hits were a hit. */
export function withAllHits(segments: Segments): Segments {
  const { uncached, cached, cacheUnknown } = segments;
  return {
    ...segments,
    uncached: uncached.map((tokens, at) => tokens - (cacheUnknown[at] ?? 0)),
    cached: cached.map((tokens, at) => tokens + (cacheUnknown[at] ?? 0)),
  };
}

function boundaries({ window, firstDayMs, count }: DayGrid, changesMs: readonly number[]) {
  const midnights = Array.from({ length: count }, (_, day) => firstDayMs + day * DAY_MS);
  const inside = [...midnights, ...changesMs].filter(
    (instantMs) => instantMs > window.startMs && instantMs < window.endMs,
  );
  return Float64Array.from(new Set([window.startMs, ...inside])).sort();
}

function emptySegments(times: Float64Array, sizes: number): Segments {
  const length = times.length * sizes;
  const column = () => new Float64Array(length);
  return {
    startMs: sizes === 1 ? times : column().map((_, at) => times[Math.floor(at / sizes)] ?? 0),
    size: new Uint8Array(length).map((_, at) => at % sizes),
    uncached: column(),
    cached: column(),
    output: column(),
    requests: column(),
    cacheUnknown: column(),
    firstLoadMs: column().fill(Number.NaN),
    requestsUnknown: column(),
  };
}

function addRow(
  segments: Segments,
  at: number,
  { series, row, part }: { series: UsageSeries; row: number; part: number },
): void {
  const cached = series.cachedPromptTokens[row] ?? Number.NaN;
  const requests = series.requests[row] ?? Number.NaN;
  const isIdle = tokensAt(series, row) === 0 && !(requests > 0);
  if (isIdle || part === 0) return;
  const uncached = (series.uncachedPromptTokens[row] ?? 0) * part;
  addAt(segments.uncached, at, uncached);
  if (Number.isNaN(cached)) addAt(segments.cacheUnknown, at, uncached);
  addAt(segments.cached, at, Number.isNaN(cached) ? 0 : cached * part);
  addAt(segments.output, at, (series.outputTokens[row] ?? 0) * part);
  if (Number.isNaN(requests)) addAt(segments.requestsUnknown, at, 1);
  else addAt(segments.requests, at, requests * part);
  if (Number.isNaN(segments.firstLoadMs[at] ?? 0)) {
    segments.firstLoadMs[at] = series.startMs[row] ?? 0;
  }
}

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
