/** A deployment's usage with more or fewer tokens in the same intervals. */

import { apportion } from '../../domain/apportion.ts';
import { type Exact, exact, multiply, toInteger } from '../../domain/exact.ts';
import { divideRounded } from '../../domain/rounding.ts';
import type { Period } from '../../domain/period.ts';
import { rowsWhere, tokensAt, type UsageColumn, type UsageSeries } from '../../domain/usage.ts';
import { sumWhole } from '../../domain/whole.ts';
import { fill, type Room } from './fill.ts';

/** How fast a deployment's replicas can serve: tokens a second of one, and how many there are. */
export interface Pace {
  readonly perSecond: Exact;
  /** For intervals that do not tell their replica time. */
  readonly replicas: number;
  /** Stretches whose intervals stay as they are: nothing was billed for them. */
  readonly untouched: readonly Period[];
}

/** Rows whose tokens are of billed time; the others have no part in what is wished. */
function openRows(series: UsageSeries, { untouched }: Pace): readonly boolean[] {
  return Array.from({ length: series.length }, (_, row) => {
    const atMs = series.startMs[row] ?? 0;
    return !untouched.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs);
  });
}

/**
 * What each interval has, and the most that its replicas can serve. Who is already faster than the
 * capacity may stay so. Those that stay as they are have nothing and take nothing.
 */
function roomOf(
  series: UsageSeries,
  isOpen: readonly boolean[],
  { perSecond, replicas }: Pace,
): Room {
  const perMs = multiply(perSecond, exact(1n, 1000n));
  const has = isOpen.map((open, row) => (open ? BigInt(tokensAt(series, row)) : 0n));
  const most = isOpen.map((open, row) => {
    if (!open) return 0n;
    const toldMs = series.replicaMs[row] ?? Number.NaN;
    const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
    const replicaMs = Math.round(Number.isNaN(toldMs) ? lengthMs * replicas : toldMs);
    const holds = toInteger(multiply(perMs, exact(BigInt(replicaMs))), 'floor');
    const today = has[row] ?? 0n;
    return holds > today ? holds : today;
  });
  return { has, most };
}

/**
 * The same intervals with `total` tokens: each with its own mix, one that was idle with that of all
 * billed time. Requests follow the tokens; busy time is as it was, but at least what the tokens
 * take at full capacity. All counts stay whole and sum to the total.
 */
export function withTokens(series: UsageSeries, total: bigint, pace: Pace): UsageSeries {
  const isOpen = openRows(series, pace);
  const room = roomOf(series, isOpen, pace);
  const fits = sumWhole(room.most);
  const parts = fill(total < fits ? total : fits, room);
  const made = openCounters(series);
  const usual = mixOf(rowsWhere(series, (row) => isOpen[row] === true));
  for (const [row, tokens] of parts.entries()) {
    if (isOpen[row] !== true) continue;
    const had = room.has[row] ?? 0n;
    if (tokens !== had) setRow(made, row, { tokens, had, usual, perSecond: pace.perSecond });
    // Requests without a token follow the tokens of all billed time.
    if (tokens === 0n && had === 0n) scaleRequests(made, row, { of: total, per: usual.tokens });
  }
  return made;
}

/** Copies of the counters that a wish changes, with room for any number. */
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

/** Sums of what is known. */
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
  readonly usual: Mix;
  readonly perSecond: Exact;
}

function setRow(made: OpenCounters, row: number, terms: RowTerms): void {
  const { tokens, had, usual, perSecond } = terms;
  const isBlind = Number.isNaN(made.cachedPromptTokens[row] ?? Number.NaN);
  const own = had === 0n ? usual.classes : classesAt(made, row);
  // Where the cache is unknown the whole prompt stands under uncached.
  const weights = isBlind ? [own[0] + own[1], 0n, own[2]] : own;
  const [uncached = 0n, cached = 0n, output = 0n] = apportion(tokens, weights);
  made.uncachedPromptTokens[row] = Number(uncached);
  if (!isBlind) made.cachedPromptTokens[row] = Number(cached);
  made.outputTokens[row] = Number(output);
  if (had > 0n) scaleRequests(made, row, { of: tokens, per: had });
  else if (!Number.isNaN(made.requests[row] ?? Number.NaN)) {
    const requests = divideRounded(usual.requests * tokens, usual.tokens, 'half-even');
    made.requests[row] = Number(requests);
  }
  const busyMs = made.busyMs[row] ?? Number.NaN;
  const leastMs = Number((tokens * 1000n * perSecond.den) / perSecond.num);
  if (!Number.isNaN(busyMs)) made.busyMs[row] = Math.max(busyMs, leastMs);
}

function scaleRequests(
  made: OpenCounters,
  row: number,
  { of, per }: { readonly of: bigint; readonly per: bigint },
): void {
  const requests = made.requests[row] ?? Number.NaN;
  if (Number.isNaN(requests) || per === 0n) return;
  made.requests[row] = Number(divideRounded(BigInt(requests) * of, per, 'half-even'));
}

function classesAt(series: UsageSeries, row: number): Mix['classes'] {
  const cached = series.cachedPromptTokens[row] ?? Number.NaN;
  return [
    BigInt(series.uncachedPromptTokens[row] ?? 0),
    Number.isNaN(cached) ? 0n : BigInt(cached),
    BigInt(series.outputTokens[row] ?? 0),
  ];
}
