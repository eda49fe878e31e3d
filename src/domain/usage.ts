/** Usage: what a deployment served in one interval, in disjoint token classes. */

import type { Period } from './period.ts';
import { firstWhere } from './search.ts';

/**
 * What one deployment served in one interval, summed over its replicas.
 * Unknown is absent, never zero. The prompt is `uncachedPromptTokens + (cachedPromptTokens ?? 0)`;
 * where the cache is unknown the whole prompt stands under uncached.
 */
export interface UsageRow {
  readonly sourceId: string;
  readonly deployment: string;
  readonly period: Period;
  readonly uncachedPromptTokens: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens: number;
  readonly requests?: number;
  /** Milliseconds with at least one request running, summed over replicas. */
  readonly busyMs?: number;
  /** Milliseconds for which a replica was seen, summed over replicas. */
  readonly replicaMs?: number;
  /**
   * Milliseconds of its replicas' time that the counts tell of, seen or not: of each from its start
   * (where what it first said is counted) or its first answer to its last one. Absent where it is
   * `replicaMs`. Of two statements of one interval the one that tells of more time knows more.
   */
  readonly countedMs?: number;
  /** True where the interval's share of a longer known total is a guess by time. */
  readonly estimated?: boolean;
}

/** One column of a series, only read: its values may lie in fewer bits than a double has. */
export interface UsageColumn extends Iterable<number> {
  readonly length: number;
  readonly [row: number]: number;
  subarray(from: number, to: number): UsageColumn;
  filter(isWanted: (value: number, row: number) => boolean): UsageColumn;
}

/**
 * A deployment's intervals in time order, a column an array, so that a quarter of 5-minute rows
 * (26,496 of them) takes 0.9 MB packed and 1.7 MB else. `NaN` in a column is "unknown".
 */
export interface UsageSeries {
  readonly length: number;
  readonly startMs: UsageColumn;
  readonly endMs: UsageColumn;
  readonly uncachedPromptTokens: UsageColumn;
  readonly cachedPromptTokens: UsageColumn;
  readonly outputTokens: UsageColumn;
  readonly requests: UsageColumn;
  readonly busyMs: UsageColumn;
  readonly replicaMs: UsageColumn;
  /** 1 where the row is an estimate by time. */
  readonly estimated: UsageColumn;
}

/** A series that can be filled: doubles hold whatever a counter may be. */
export type OpenSeries = { readonly [Name in (typeof USAGE_COLUMNS)[number]]: Float64Array } & {
  readonly length: number;
  readonly estimated: Uint8Array;
};

/** The columns of a series whose unknown is `NaN`; `estimated` is the other one. */
export const USAGE_COLUMNS = [
  'startMs',
  'endMs',
  'uncachedPromptTokens',
  'cachedPromptTokens',
  'outputTokens',
  'requests',
  'busyMs',
  'replicaMs',
] as const;

/** Room for `length` intervals, every column unknown until it is filled. */
export function emptySeries(length: number): OpenSeries {
  const column = () => new Float64Array(length).fill(Number.NaN);
  return {
    length,
    startMs: column(),
    endMs: column(),
    uncachedPromptTokens: column(),
    cachedPromptTokens: column(),
    outputTokens: column(),
    requests: column(),
    busyMs: column(),
    replicaMs: column(),
    estimated: new Uint8Array(length),
  };
}

/** Prompt and output tokens of one interval: cached prompt tokens are counted once. */
export function tokensAt(series: UsageSeries, index: number): number {
  const cached = series.cachedPromptTokens[index] ?? Number.NaN;
  return (
    (series.uncachedPromptTokens[index] ?? 0) +
    (Number.isNaN(cached) ? 0 : cached) +
    (series.outputTokens[index] ?? 0)
  );
}

/** The rows that are wanted, in a series of their own. */
export function rowsWhere(series: UsageSeries, isWanted: (row: number) => boolean): UsageSeries {
  const kept = (_: number, row: number) => isWanted(row);
  const startMs = series.startMs.filter(kept);
  return {
    length: startMs.length,
    startMs,
    endMs: series.endMs.filter(kept),
    uncachedPromptTokens: series.uncachedPromptTokens.filter(kept),
    cachedPromptTokens: series.cachedPromptTokens.filter(kept),
    outputTokens: series.outputTokens.filter(kept),
    requests: series.requests.filter(kept),
    busyMs: series.busyMs.filter(kept),
    replicaMs: series.replicaMs.filter(kept),
    estimated: series.estimated.filter(kept),
  };
}

/** The rows that start inside `[startMs, endMs)`, sharing memory with the series they come from. */
export function rowsStartingIn(series: UsageSeries, startMs: number, endMs: number): UsageSeries {
  const from = firstWhere(series.startMs, (value) => value >= startMs);
  const to = firstWhere(series.startMs, (value) => value >= endMs);
  return {
    length: to - from,
    startMs: series.startMs.subarray(from, to),
    endMs: series.endMs.subarray(from, to),
    uncachedPromptTokens: series.uncachedPromptTokens.subarray(from, to),
    cachedPromptTokens: series.cachedPromptTokens.subarray(from, to),
    outputTokens: series.outputTokens.subarray(from, to),
    requests: series.requests.subarray(from, to),
    busyMs: series.busyMs.subarray(from, to),
    replicaMs: series.replicaMs.subarray(from, to),
    estimated: series.estimated.subarray(from, to),
  };
}

/** The first `length` rows of a series in a copy that takes as little memory as they allow. */
export function packedSeries(series: OpenSeries, length: number): UsageSeries {
  const first = (column: Float64Array) => packedColumn(column.subarray(0, length));
  return {
    length,
    ...packedTimes(series, length),
    uncachedPromptTokens: first(series.uncachedPromptTokens),
    cachedPromptTokens: first(series.cachedPromptTokens),
    outputTokens: first(series.outputTokens),
    requests: first(series.requests),
    busyMs: first(series.busyMs),
    replicaMs: first(series.replicaMs),
    estimated: series.estimated.slice(0, length),
  };
}

/** Where each interval begins as the one before ends, one column holds both. */
function packedTimes({ startMs, endMs }: OpenSeries, length: number) {
  const times = new Float64Array(length + 1);
  times.set(startMs.subarray(0, length));
  times[length] = endMs[length - 1] ?? Number.NaN;
  let gapless = 0;
  while (gapless < length && times[gapless + 1] === endMs[gapless]) gapless += 1;
  return {
    startMs: times.subarray(0, length),
    endMs: gapless === length ? times.subarray(1) : endMs.slice(0, length),
  };
}

/** Whole numbers below 2^32 that are all known take half the room; unknown ones need a double. */
export function packedColumn(column: Float64Array): UsageColumn {
  const packed = new Uint32Array(column);
  // By index: an iterator would make an object of every value.
  for (let row = 0; row < packed.length; row += 1) {
    if (packed[row] !== column[row]) return column.slice();
  }
  return packed;
}
