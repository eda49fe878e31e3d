/**
 * Usage of a deployment by interval, in disjoint token classes, and tokens bought from hosted APIs.
 */

import type { Period } from './period.ts';
import { firstWhere } from './search.ts';
import type { Charge } from './charge.ts';
import { type Exact, exact, multiply } from './exact.ts';
import type { NanoUsd } from './money.ts';

/**
 * Usage of one deployment in one interval, summed over its replicas. Unknown is absent, never zero.
 * The prompt is `uncachedPromptTokens + (cachedPromptTokens ?? 0)`. If cache use is unknown, the
 * whole prompt is in `uncachedPromptTokens`.
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
  /** Milliseconds for which a replica was observed, summed over replicas. */
  readonly replicaMs?: number;
  /**
   * Milliseconds of replica time that the counters cover, observed or not: for each replica from
   * its start (if its first value is counted) or its first response to its last response. Absent if
   * equal to `replicaMs`. Of two reports for one interval, the one that covers more time is more
   * complete.
   */
  readonly countedMs?: number;
  /** True if the interval's share of a longer known total is estimated by time. */
  readonly estimated?: boolean;
}

/** A read-only column of a series. Its values may use fewer bits than a double. */
export interface UsageColumn extends Iterable<number> {
  readonly length: number;
  readonly [row: number]: number;
  subarray(from: number, to: number): UsageColumn;
  filter(isWanted: (value: number, row: number) => boolean): UsageColumn;
}

/**
 * A deployment's intervals in time order, one array per column. A quarter of 5-minute rows (26,496)
 * takes 0.9 MB packed and 1.7 MB unpacked. `NaN` in a column is "unknown".
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
  /** 1 if the row is an estimate by time. */
  readonly estimated: UsageColumn;
}

/** A writable series of doubles, which hold any counter value. */
export type OpenSeries = { readonly [Name in (typeof USAGE_COLUMNS)[number]]: Float64Array } & {
  readonly length: number;
  readonly estimated: Uint8Array;
};

/** The columns in which `NaN` is unknown; `estimated` is the only other column. */
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

/** A series of `length` intervals, every column unknown until it is filled. */
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

/** Prompt and output tokens of one interval. Cached prompt tokens count once. */
export function tokensAt(series: UsageSeries, index: number): number {
  const cached = series.cachedPromptTokens[index] ?? Number.NaN;
  return (
    (series.uncachedPromptTokens[index] ?? 0) +
    (Number.isNaN(cached) ? 0 : cached) +
    (series.outputTokens[index] ?? 0)
  );
}

/** The selected rows, in a new series. */
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

/** The rows that start inside `[startMs, endMs)`. They share memory with the given series. */
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

/** A copy of the first `length` rows in as little memory as their values allow. */
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

/** If each interval starts where the previous one ends, one array holds both columns. */
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

/** Known integers below 2^32 take half the memory; unknown values need a double. */
export function packedColumn(column: Float64Array): UsageColumn {
  const packed = new Uint32Array(column);
  // By index: an iterator would allocate an object for every value.
  for (let row = 0; row < packed.length; row += 1) {
    if (packed[row] !== column[row]) return column.slice();
  }
  return packed;
}

/**
 * Usage of one model at a hosted API in one period, in disjoint token classes. Unknown is absent,
 * never zero. The prompt is the sum of `uncachedPromptTokens`, `cachedPromptTokens` and
 * `cacheWriteTokens`. If cache use is unknown, the whole prompt is in `uncachedPromptTokens`.
 */
export interface HostedUsage {
  readonly sourceId: string;
  /** The source's name for it, equal to the `model` tag of its charges. */
  readonly model: string;
  /** The provider, if the source is a router. */
  readonly host?: string;
  readonly period: Period;
  readonly uncachedPromptTokens: number;
  /** Read from the provider's cache. */
  readonly cachedPromptTokens?: number;
  /** Written to the provider's cache. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
  /** Included in `outputTokens`. */
  readonly reasoningTokens?: number;
  readonly requests?: number;
  /** In the source's terms: `batch`, `flex`, `priority`; absent is standard. */
  readonly serviceTier?: string;
  /** Cost as stated by the usage data. The billed cost is in the charges. */
  readonly usd?: NanoUsd;
  /** Set if a gateway reports it and not the provider: a second opinion, never added. */
  readonly secondHand?: true;
}

/** Token classes that a bill line can count. */
export const TOKEN_CLASSES = ['input', 'cached-input', 'cache-write', 'output'] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tags of a token charge: the provider's model name, and the token class. */
export const MODEL_TAG = 'model';
export const TOKEN_CLASS_TAG = 'token_class';

/** Tokens in one billing unit: `Tokens` is 1, `1K tokens` 1,000, `1M Tokens` a million. */
export function tokensInUnit(unit: string | undefined): number | undefined {
  const match = /^([\d,]*) ?([km]?)[ -]?tokens?$/i.exec(unit?.trim() ?? '');
  if (match === null) return undefined;
  const [, digits = '', scale = ''] = match;
  const count = digits === '' ? 1 : Number(digits.replaceAll(',', ''));
  const times = scale === '' ? 1 : scale.toLowerCase() === 'k' ? 1_000 : 1_000_000;
  return Number.isSafeInteger(count) && count > 0 ? count * times : undefined;
}

/**
 * Tokens on a bill line: 250 of `1K tokens` are 250,000; `undefined` if the line is not for tokens
 * or does not state the class.
 */
export function billedTokens(
  charge: Pick<Charge, 'category' | 'tags' | 'quantity' | 'unit'>,
): { readonly model: string; readonly of: TokenClass; readonly tokens: Exact } | undefined {
  const { category, tags = {}, quantity, unit } = charge;
  const [model, of] = [tags[MODEL_TAG], TOKEN_CLASSES.find((one) => one === tags[TOKEN_CLASS_TAG])];
  const each = tokensInUnit(unit);
  if (category !== 'hosted' || model === undefined || of === undefined) return undefined;
  if (quantity === undefined || each === undefined) return undefined;
  return { model, of, tokens: multiply(quantity, exact(BigInt(each))) };
}
