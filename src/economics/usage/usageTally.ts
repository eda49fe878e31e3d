/** Sums a deployment's usage by day in one pass over its intervals. */

import { invariant } from '../../domain/failure.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import { rowsStartingIn, tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import { addAt } from '../columns.ts';

/**
 * Sums by day. An interval belongs to the day on which it starts, its replica time to the days it
 * spans.
 */
export interface UsageTally {
  /** The intervals that start in the period. */
  readonly series: UsageSeries;
  readonly uncached: Float64Array;
  readonly cached: Float64Array;
  readonly output: Float64Array;
  readonly busyMs: Float64Array;
  readonly requests: Float64Array;
  /** Observed replica time, of intervals that state it. */
  readonly observedMs: Float64Array;
  /** Observed replica time, assuming one replica if unknown: used only as a weight for sharing. */
  readonly weightMs: Float64Array;
  /** Intervals by day with an unknown figure though tokens (or prompt tokens) were served. */
  readonly cacheUnknown: Float64Array;
  readonly requestsUnknown: Float64Array;
  readonly busyUnknown: Float64Array;
  /** Merged periods of intervals without replica time. */
  readonly withoutReplicaTime: { readonly startMs: number[]; readonly endMs: number[] };
  /** The same for intervals with replica time. */
  readonly withReplicaTime: { readonly startMs: number[]; readonly endMs: number[] };
}

export function tallyUsage(usage: UsageSeries, grid: DayGrid): UsageTally {
  const series = rowsStartingIn(usage, grid.window.startMs, grid.window.endMs);
  const tally = emptyTally(series, grid.count);
  let previousMs = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < series.length; row += 1) {
    const startMs = series.startMs[row] ?? 0;
    invariant(startMs >= previousMs, 'intervals come in time order');
    previousMs = startMs;
    addServed(tally, row, dayIndex(grid, startMs));
    addSeen(tally, row, grid);
  }
  return tally;
}

function emptyTally(series: UsageSeries, days: number): UsageTally {
  const column = () => new Float64Array(days);
  return {
    series,
    uncached: column(),
    cached: column(),
    output: column(),
    busyMs: column(),
    requests: column(),
    observedMs: column(),
    weightMs: column(),
    cacheUnknown: column(),
    requestsUnknown: column(),
    busyUnknown: column(),
    withoutReplicaTime: { startMs: [], endMs: [] },
    withReplicaTime: { startMs: [], endMs: [] },
  };
}

function addServed(tally: UsageTally, row: number, day: number): void {
  const { series } = tally;
  const uncached = series.uncachedPromptTokens[row] ?? 0;
  const cached = series.cachedPromptTokens[row] ?? Number.NaN;
  const requests = series.requests[row] ?? Number.NaN;
  const busyMs = series.busyMs[row] ?? Number.NaN;
  addAt(tally.uncached, day, uncached);
  addAt(tally.output, day, series.outputTokens[row] ?? 0);
  if (!Number.isNaN(cached)) addAt(tally.cached, day, cached);
  else if (uncached > 0) addAt(tally.cacheUnknown, day, 1);
  if (!Number.isNaN(requests)) addAt(tally.requests, day, requests);
  else if (tokensAt(series, row) > 0) addAt(tally.requestsUnknown, day, 1);
  if (Number.isNaN(busyMs)) addAt(tally.busyUnknown, day, 1);
  else addAt(tally.busyMs, day, busyMs);
}

function addSeen(tally: UsageTally, row: number, grid: DayGrid): void {
  const startMs = tally.series.startMs[row] ?? 0;
  const endMs = tally.series.endMs[row] ?? startMs;
  const replicaMs = tally.series.replicaMs[row] ?? Number.NaN;
  const isBlind = Number.isNaN(replicaMs);
  extend(isBlind ? tally.withoutReplicaTime : tally.withReplicaTime, startMs, endMs);
  const seenMs = isBlind ? endMs - startMs : replicaMs;
  const lastMs = Math.min(endMs, grid.window.endMs);
  if (lastMs === endMs && dayIndex(grid, startMs) === dayIndex(grid, endMs - 1)) {
    addAt(tally.weightMs, dayIndex(grid, startMs), seenMs);
    if (!isBlind) addAt(tally.observedMs, dayIndex(grid, startMs), seenMs);
    return;
  }
  for (let at = startMs, assigned = 0; at < lastMs; ) {
    const day = dayIndex(grid, at);
    const cutMs = Math.min(lastMs, grid.firstDayMs + (day + 1) * DAY_MS);
    const upTo = cutMs === endMs ? seenMs : seenUntil(cutMs, { startMs, endMs }, seenMs);
    addAt(tally.weightMs, day, upTo - assigned);
    if (!isBlind) addAt(tally.observedMs, day, upTo - assigned);
    [at, assigned] = [cutMs, upTo];
  }
}

/**
 * Whole milliseconds observed before a cut; in integers, because a double would sometimes lose one.
 */
function seenUntil(cutMs: number, { startMs, endMs }: Period, seenMs: number): number {
  const weighed = BigInt(Math.round(seenMs)) * BigInt(cutMs - startMs);
  return Number(weighed / BigInt(endMs - startMs));
}

function extend(times: UsageTally['withoutReplicaTime'], startMs: number, endMs: number): void {
  const last = times.endMs.length - 1;
  if (times.endMs[last] === startMs) {
    times.endMs[last] = endMs;
    return;
  }
  times.startMs.push(startMs);
  times.endMs.push(endMs);
}

/** All tokens of the period: prompt plus output. */
export function sumTallyTokens({ uncached, cached, output }: UsageTally): number {
  return sumColumn(uncached) + sumColumn(cached) + sumColumn(output);
}

/** The sum of a column, which must be an integer. */
export function sumColumn(column: Float64Array): number {
  let whole = 0;
  for (const value of column) whole += value;
  invariant(Number.isSafeInteger(whole), `not a whole number that can be counted: ${whole}`);
  return whole;
}
