/** Scales a deployment's usage to another number of tokens in the same intervals. */

import { apportion } from '../../domain/apportion.ts';
import {
  type Exact,
  exact,
  multiply,
  toInteger,
  divideRounded,
  sumWhole,
} from '../../domain/exact.ts';
import type { Period } from '../../domain/period.ts';
import { rowsWhere, tokensAt, type UsageColumn, type UsageSeries } from '../../domain/usage.ts';

/** The capacity of a deployment: tokens per second of one replica, and the number of replicas. */
export interface LoadLimits {
  readonly perSecond: Exact;
  /** For intervals without replica time. */
  readonly replicas: number;
  /** Periods whose intervals stay unchanged, because they were not billed. */
  readonly untouched: readonly Period[];
}

/** Rows in billed time; the others are not changed. */
function openRows(series: UsageSeries, { untouched }: LoadLimits): readonly boolean[] {
  return Array.from({ length: series.length }, (_, row) => {
    const atMs = series.startMs[row] ?? 0;
    return !untouched.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  });
}

/**
 * Tokens of each interval, and the most its replicas can serve. An interval above capacity may stay
 * so. Unchanged intervals count as empty and take nothing.
 */
function findRoom(
  series: UsageSeries,
  isOpen: readonly boolean[],
  { perSecond, replicas }: LoadLimits,
): Room {
  const perMs = multiply(perSecond, exact(1n, 1000n));
  const has = isOpen.map((open, row) => (open ? BigInt(tokensAt(series, row)) : 0n));
  const most = isOpen.map((open, row) => {
    if (!open) return 0n;
    const statedMs = series.replicaMs[row] ?? Number.NaN;
    const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
    const replicaMs = Math.round(Number.isNaN(statedMs) ? lengthMs * replicas : statedMs);
    const capacityTokens = toInteger(multiply(perMs, exact(BigInt(replicaMs))), 'floor');
    const today = has[row] ?? 0n;
    return capacityTokens > today ? capacityTokens : today;
  });
  return { has, most };
}

/**
 * The same intervals with `total` tokens: each keeps its mix, and idle ones get the mix of all
 * billed time. Requests scale with tokens. Busy time stays, but is at least what the tokens take at
 * full capacity. All counts are integers that sum to the total.
 */
export function scaleTokens(series: UsageSeries, total: bigint, limits: LoadLimits): UsageSeries {
  const isOpen = openRows(series, limits);
  const room = findRoom(series, isOpen, limits);
  const fits = sumWhole(room.most);
  const parts = distributeWithin(total < fits ? total : fits, room);
  const scaled = openCounters(series);
  const meanMix = mixOf(rowsWhere(series, (row) => isOpen[row] === true));
  for (const [row, tokens] of parts.entries()) {
    if (isOpen[row] !== true) continue;
    const had = room.has[row] ?? 0n;
    if (tokens !== had) setRow(scaled, row, { tokens, had, meanMix, perSecond: limits.perSecond });
    // Requests of rows without tokens scale with the tokens of all billed time.
    if (tokens === 0n && had === 0n) scaleRequests(scaled, row, { of: total, per: meanMix.tokens });
  }
  return scaled;
}

/** Copies of the counters that change, with room for any number. */
function openCounters(series: UsageSeries) {
  return {
    ...series,
    uncachedPromptTokens: Float64Array.from(series.uncachedPromptTokens),
    cachedPromptTokens: Float64Array.from(series.cachedPromptTokens),
    outputTokens: Float64Array.from(series.outputTokens),
    requests: Float64Array.from(series.requests),
    busyMs: Float64Array.from(series.busyMs),
  };
}

type OpenCounters = ReturnType<typeof openCounters>;

interface Mix {
  readonly classes: readonly [bigint, bigint, bigint];
  readonly requests: bigint;
  readonly tokens: bigint;
}

/** Sums of known values. */
function mixOf(series: UsageSeries): Mix {
  const known = (column: UsageColumn) =>
    sumWhole(Array.from(column, (value) => (Number.isNaN(value) ? 0n : BigInt(Math.round(value)))));
  const { uncachedPromptTokens, cachedPromptTokens, outputTokens, requests } = series;
  const classes = [uncachedPromptTokens, cachedPromptTokens, outputTokens].map(known);
  const [uncached = 0n, cached = 0n, output = 0n] = classes;
  return {
    classes: [uncached, cached, output],
    requests: known(requests),
    tokens: uncached + cached + output,
  };
}

interface RowTerms {
  readonly tokens: bigint;
  readonly had: bigint;
  readonly meanMix: Mix;
  readonly perSecond: Exact;
}

function setRow(scaled: OpenCounters, row: number, terms: RowTerms): void {
  const { tokens, had, meanMix, perSecond } = terms;
  const isCacheUnknown = Number.isNaN(scaled.cachedPromptTokens[row] ?? Number.NaN);
  const own = had === 0n ? meanMix.classes : classesAt(scaled, row);
  // If cache use is unknown, the whole prompt is uncached.
  const weights = isCacheUnknown ? [own[0] + own[1], 0n, own[2]] : own;
  const [uncached = 0n, cached = 0n, output = 0n] = apportion(tokens, weights);
  scaled.uncachedPromptTokens[row] = Number(uncached);
  if (!isCacheUnknown) scaled.cachedPromptTokens[row] = Number(cached);
  scaled.outputTokens[row] = Number(output);
  if (had > 0n) scaleRequests(scaled, row, { of: tokens, per: had });
  else if (!Number.isNaN(scaled.requests[row] ?? Number.NaN)) {
    const requests = divideRounded(meanMix.requests * tokens, meanMix.tokens, 'half-even');
    scaled.requests[row] = Number(requests);
  }
  const busyMs = scaled.busyMs[row] ?? Number.NaN;
  const leastMs = Number((tokens * 1000n * perSecond.den) / perSecond.num);
  if (!Number.isNaN(busyMs)) scaled.busyMs[row] = Math.max(busyMs, leastMs);
}

function scaleRequests(
  scaled: OpenCounters,
  row: number,
  { of, per }: { readonly of: bigint; readonly per: bigint },
): void {
  const requests = scaled.requests[row] ?? Number.NaN;
  if (Number.isNaN(requests) || per === 0n) return;
  scaled.requests[row] = Number(divideRounded(BigInt(requests) * of, per, 'half-even'));
}

function classesAt(series: UsageSeries, row: number): Mix['classes'] {
  const cached = series.cachedPromptTokens[row] ?? Number.NaN;
  return [
    BigInt(series.uncachedPromptTokens[row] ?? 0),
    Number.isNaN(cached) ? 0n : BigInt(cached),
    BigInt(series.outputTokens[row] ?? 0),
  ];
}

export interface Room {
  /** What each contains today. */
  readonly has: readonly bigint[];
  /** The most that each can contain. */
  readonly most: readonly bigint[];
}

/**
 * Parts that sum to `total`, in proportion to what each contains today. Full ones take no more, and
 * the others take the rest. What does not fit goes to the empty ones, by their capacity. The total
 * must fit. 20 into [6, 2, 0] with room for 9 each is [9, 9, 2].
 */
export function distributeWithin(total: bigint, { has, most }: Room): bigint[] {
  const parts = has.map(() => 0n);
  let open = [...has.keys()].filter((at) => (has[at] ?? 0n) > 0n);
  let left = total;
  while (open.length > 0) {
    const weights = open.map((at) => has[at] ?? 0n);
    const weight = sumWhole(weights);
    const isFull = (at: number) => (has[at] ?? 0n) * left > (most[at] ?? 0n) * weight;
    const full = open.filter(isFull);
    if (full.length === 0) return distribute({ parts, left, into: open, weights });
    const stillOpen = open.filter((at) => !isFull(at));
    for (const at of full) parts[at] = most[at] ?? 0n;
    left -= sumWhole(full.map((at) => most[at] ?? 0n));
    open = stillOpen;
  }
  const into = [...has.keys()].filter((at) => has[at] === 0n && (most[at] ?? 0n) > 0n);
  return distribute({ parts, left, into, weights: into.map((at) => most[at] ?? 0n) });
}

interface Distribution {
  readonly parts: bigint[];
  readonly left: bigint;
  readonly into: readonly number[];
  readonly weights: readonly bigint[];
}

function distribute({ parts, left, into, weights }: Distribution): bigint[] {
  if (left === 0n) return parts;
  const shares = apportion(left, weights);
  for (const [index, at] of into.entries()) parts[at] = shares[index] ?? 0n;
  return parts;
}
