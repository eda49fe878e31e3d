/** Sums tokens between midnights and price changes. */

import { DAY_MS, HOUR_MS } from '../../domain/period.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { addAt } from '../usage/column.ts';
import { meanSize, type SizeOf } from './promptSizes.ts';

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
