/** Computes the time of serverless workers by interval, including cold starts. */

import type { Exact } from '../../domain/exact.ts';
import { packedColumn, tokensAt, type UsageColumn, type UsageSeries } from '../../domain/usage.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { ServerlessInput } from '../input.ts';
import { addAt } from '../usage/column.ts';
import { toApproximateNumber } from './nearly.ts';

/**
 * Worker time of an interval is the larger of its tokens' time and a floor, plus start time:
 * max(tokens / capacity + start, busy + start, minimum workers x length) equals start + max(tokens
 * / capacity, max(busy, minimum workers x length - start)).
 */
export interface WorkerIntervals {
  readonly days: number;
  readonly tokens: UsageColumn;
  readonly floorMs: UsageColumn;
  readonly day: Int32Array;
  /** Start time by day. */
  readonly startMs: Float64Array;
  readonly starts: number;
}

/** A start is an interval with load after one without, or after unknown time. */
export function workerIntervals(
  series: UsageSeries,
  grid: DayGrid,
  terms: ServerlessInput,
): WorkerIntervals {
  const startMs = new Float64Array(grid.count);
  const tokens = new Float64Array(series.length);
  const floorMs = new Float64Array(series.length);
  const day = new Int32Array(series.length);
  const addedMs = terms.coldStartMs + terms.idleTimeoutMs;
  let [starts, warmUntilMs] = [0, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < series.length; row += 1) {
    const [fromMs, toMs] = [series.startMs[row] ?? 0, series.endMs[row] ?? 0];
    const isLoaded = hasLoad(series, row);
    const isStart = isLoaded && warmUntilMs !== fromMs;
    if (isLoaded) warmUntilMs = toMs;
    const ownMs = isStart ? addedMs : 0;
    tokens[row] = tokensAt(series, row);
    day[row] = dayIndex(grid, fromMs);
    floorMs[row] = Math.max(busyMsAt(series, row), terms.minWorkers * (toMs - fromMs) - ownMs);
    addAt(startMs, dayIndex(grid, fromMs), ownMs);
    starts += isStart ? 1 : 0;
  }
  const packed = { tokens: packedColumn(tokens), floorMs: packedColumn(floorMs) };
  return { days: grid.count, ...packed, day, startMs, starts };
}

/** Whole milliseconds; 0 if unknown. */
function busyMsAt(series: UsageSeries, row: number): number {
  const busyMs = series.busyMs[row] ?? Number.NaN;
  return Number.isNaN(busyMs) ? 0 : Math.round(busyMs);
}

/** A worker also runs for requests without tokens. */
function hasLoad(series: UsageSeries, row: number): boolean {
  const requests = series.requests[row] ?? Number.NaN;
  return tokensAt(series, row) > 0 || requests > 0 || busyMsAt(series, row) > 0;
}

/** By day: tokens of intervals whose tokens take longest, and milliseconds of everything else. */
export interface WorkerTime {
  readonly tokens: Float64Array;
  readonly ms: Float64Array;
}

/** Worker time is tokens x `msPerToken` + ms. If both take equally long, the tokens count. */
export function workerTime(of: WorkerIntervals, msPerToken: Exact): WorkerTime {
  const tokens = new Float64Array(of.days);
  const ms = of.startMs.slice();
  const decide = decider(msPerToken);
  for (let row = 0; row < of.tokens.length; row += 1) {
    const [served, floorMs] = [of.tokens[row] ?? 0, of.floorMs[row] ?? 0];
    if (served > 0 && decide(served, floorMs)) addAt(tokens, of.day[row] ?? 0, served);
    else addAt(ms, of.day[row] ?? 0, floorMs);
  }
  return { tokens, ms };
}

/** Closer than this (as a share), doubles cannot determine which is longer. */
const TOO_NEAR = 1e-9;

function decider(msPerToken: Exact): (tokens: number, floorMs: number) => boolean {
  const guess = toApproximateNumber(msPerToken);
  return (tokens, floorMs) => {
    const servedMs = tokens * guess;
    if (!(Math.abs(servedMs - floorMs) <= TOO_NEAR * floorMs)) return servedMs > floorMs;
    return BigInt(tokens) * msPerToken.num >= BigInt(floorMs) * msPerToken.den;
  };
}
