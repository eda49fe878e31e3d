/** The serverless option: workers paid by the second while they work, start and idle. */

import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  isZero,
  multiply,
  ONE,
  toNumber,
  ZERO,
} from '../../domain/exact.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer, OfferDetail } from '../offer.ts';
import { sumColumn } from '../usage/usageTally.ts';
import type { Warning } from '../warning.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { packedColumn, tokensAt, type UsageColumn, type UsageSeries } from '../../domain/usage.ts';
import { type DayGrid, dayIndex } from '../bill/days.ts';
import type { ServerlessInput } from '../input.ts';
import { addAt } from '../columns.ts';
import { toApproximateNumber } from '../replicaGpus.ts';

const MS_IN_SECOND = exact(1_000n);
const MS_IN_HOUR = exact(3_600_000n);
const NS_IN_MS = 1_000_000n;
const NS_IN_SECOND = 1_000_000_000n;

/**
 * Worker-seconds x $/s. Three loaded hours of 3,000 s, 3,600 s and 1,200 s, and two starts of 60 s
 * with 5 s until idle, are 7,930 s: $3.965 at $0.0005/s.
 */
export function serverlessOffer(facts: OptionFacts): BareOffer | NoOffer {
  const { capacity, tally, grid, input } = facts;
  if (input.serverless === undefined) return { reason: { code: 'no-serverless-price' } };
  if (capacity === undefined) return { reason: { code: 'capacity-unknown' } };
  if (tally.series.length === 0) return { reason: { code: 'no-usage' } };
  const { usdPerSecond } = input.serverless;
  const intervals = workerIntervals(tally.series, grid, input.serverless);
  const usdAt = costByScale({ intervals, usdPerSecond, perSecond: capacity.tokensPerSecond });
  const { gpuUsd, workMs, byDay } = usdAt(ONE);
  return {
    gpuUsd,
    storageUsd: ZERO,
    otherUsd: ZERO,
    hosted: NOTHING_HOSTED,
    rate: 'market',
    atScale(scale) {
      const { gpuUsd: scaledUsd, slopeUsd } = usdAt(scale);
      const slope = { gpuUsd: slopeUsd, hosted: NOTHING_HOSTED };
      return { gpuUsd: scaledUsd, hosted: NOTHING_HOSTED, slope };
    },
    days: { ownUsd: byDay(), gpuUsd: byDay(), hosts: [] },
    detail: {
      workerHours: divide(workMs, MS_IN_HOUR),
      starts: intervals.starts,
      ...compareWithPods(facts, workMs, usdPerSecond),
    },
  };
}

interface CostTerms {
  readonly intervals: WorkerIntervals;
  readonly usdPerSecond: Exact;
  /** Tokens per second of one worker at full capacity. */
  readonly perSecond: Exact;
}

/** Cost with starts and busy time as measured, and each interval's tokens multiplied by a scale. */
function costByScale({ intervals, usdPerSecond, perSecond }: CostTerms) {
  const usdPerMs = divide(usdPerSecond, MS_IN_SECOND);
  return (scale: Exact) => {
    const msPerToken = divide(multiply(scale, MS_IN_SECOND), perSecond);
    const { tokens, ms } = workerTime(intervals, msPerToken);
    const msOf = (served: number, otherMs: number) =>
      add(multiply(exactInteger(served), msPerToken), exactInteger(otherMs));
    const workMs = msOf(sumColumn(tokens), sumColumn(ms));
    return {
      workMs,
      gpuUsd: multiply(workMs, usdPerMs),
      slopeUsd: multiply(divide(exactInteger(sumColumn(tokens)), perSecond), usdPerSecond),
      byDay: () =>
        Float64Array.from(tokens, (served, day) =>
          toNumber(multiply(msOf(served, ms[day] ?? 0), usdPerMs)),
        ),
    };
  };
}

/**
 * u*, the share of paid time below which serverless is cheaper than always-on replicas, and this
 * deployment's share. A pod at $1.50/h against $0.0005/s ($1.80/h) has u* = 0.833.
 */
function compareWithPods(
  { spend, time }: OptionFacts,
  workMs: Exact,
  usdPerSecond: Exact,
): Pick<OfferDetail, 'breakEvenShare' | 'workerShare'> {
  if (time.coveredNs === 0n) return {};
  const workerShare = divide(workMs, exact(time.coveredNs, NS_IN_MS));
  if (isZero(usdPerSecond)) return { workerShare };
  const podUsdPerSecond = divide(spend.coveredComputeUsd, exact(time.coveredNs, NS_IN_SECOND));
  return { breakEvenShare: divide(podUsdPerSecond, usdPerSecond), workerShare };
}

/** Why serverless may cost more than computed. */
export function serverlessWarnings({ input, tally, capacity }: OptionFacts): Warning[] {
  if (input.serverless === undefined || capacity === undefined) return [];
  if (tally.series.length === 0) return [];
  const unknown = sumColumn(tally.busyUnknown);
  return [
    { code: 'serverless-lower-bound' },
    ...(unknown === 0 ? [] : [{ code: 'busy-time-unknown', intervals: unknown } as const]),
  ];
}

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
function workerIntervals(
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
function workerTime(of: WorkerIntervals, msPerToken: Exact): WorkerTime {
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
