/** The right-size option: in each hour only the replicas for its busiest interval. */

import {
  type Exact,
  exact,
  ONE,
  subtract,
  toNumber,
  divideRounded,
  sumWhole,
} from '../../domain/exact.ts';
import { paidByCell } from '../bill/replicaTime.ts';
import { type CoveredDay, NO_PAID_HOURS, nonGpuSpend } from '../usage/coverage.ts';
import { sharedGpuUsd } from '../bill/sharedCost.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { NoOffer } from '../offer.ts';
import type { Capacity } from '../result.ts';
import { dayInWindow, eachCell, hourPeaks, type HourPeaks } from '../usage/hours.ts';
import { paidReplicas, replicaNeed } from '../replicaGpus.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { HOUR_MS } from '../../domain/period.ts';
import type { DayGrid } from '../bill/days.ts';
import type { LocalClock } from '../../domain/localTime.ts';
import { type FreeWeekHours, weekTally } from './weekOff.ts';

const NS_IN_HOUR = 3_600_000_000_000n;
/** Dollars by day are rounded to 10^-18, like covered dollars; far below anything printed. */
const ATTO_IN_USD = 1_000_000_000_000_000_000n;

/**
 * The needed share of each day's covered GPU spend, plus all that is not GPU. One A100 at $1.50 for
 * four hours, one of them idle, costs $6.00 with an always-on replica, $4.50 without.
 */
export function rightSizeOffer(facts: OptionFacts): BareOffer | NoOffer {
  const { capacity, time, spend } = facts;
  if (capacity === undefined) return { reason: { code: 'capacity-unknown' } };
  if (time.coveredNs === 0n) {
    return { reason: NO_PAID_HOURS };
  }
  const needAt = needByScale(facts, capacity);
  const gpuUsdOf = ({ byDay }: NeededTime) => exact(sumWhole(gpuAtto(byDay, facts)), ATTO_IN_USD);
  const needed = needAt(ONE);
  const { mostReplicas, hoursOff, weekOff } = needed;
  const replicaHours = exact(sumWhole(needed.byDay), NS_IN_HOUR);
  return {
    gpuUsd: gpuUsdOf(needed),
    ...nonGpuSpend(spend),
    hosted: NOTHING_HOSTED,
    rate: 'own',
    atScale: (scale) => ({ gpuUsd: gpuUsdOf(needAt(scale)), hosted: NOTHING_HOSTED }),
    days: { ...ownByDay(needed, facts), hosts: [] },
    detail: {
      replicaHours,
      mostReplicas,
      hoursOff,
      ...(weekOff === undefined ? {} : { weekOff }),
    },
  };
}

/** Paid time if the tokens of each interval are multiplied by a scale. */
function needByScale(facts: OptionFacts, { tokensPerSecond }: Capacity) {
  const { tally, bill, grid, covered, input, stack } = facts;
  const { headroom, minReplicas } = input.rightSize;
  const peaks = hourPeaks(tally.series, grid);
  const paidNs = paidByCell(bill.pieces, grid);
  const { share } = input.gpu;
  const paid = paidReplicas(share);
  const paidFor = share && ((replicas: number) => toNumber(paid(replicas)));
  return (scale: Exact): NeededTime => {
    const need = replicaNeed({ tokensPerSecond, headroom, scale });
    const replicas = peaks.tokens.map((tokens, hour) =>
      Math.max(minReplicas, need(tokens, peaks.lengthMs[hour] ?? 1)),
    );
    return neededTime({ grid, peaks, paidNs, covered, paidFor, wall: stack.localClock }, replicas);
  };
}

/**
 * Each day at its own rate. GPU spend of a day without paid time continues, as does that of GPUs
 * shared with others.
 */
function gpuAtto(
  neededNs: readonly bigint[],
  { covered, shared }: Pick<OptionFacts, 'covered' | 'shared'>,
): bigint[] {
  const attoOf = ({ num, den }: Exact) => divideRounded(num * ATTO_IN_USD, den, 'half-even');
  return covered.map(({ coveredNs, coveredComputeUsd: { num, den } }, day) => {
    if (coveredNs === 0n) return attoOf({ num, den });
    const needed = neededNs[day] ?? 0n;
    const own = divideRounded(num * needed * ATTO_IN_USD, den * coveredNs, 'half-even');
    if (shared.length === 0) return own;
    const least = attoOf(sharedGpuUsd(shared, day));
    return own < least ? least : own;
  });
}

function ownByDay({ byDay }: NeededTime, facts: OptionFacts) {
  const { covered } = facts;
  const gpuUsd = Float64Array.from(gpuAtto(byDay, facts), (atto) =>
    toNumber(exact(atto, ATTO_IN_USD)),
  );
  const ownUsd = Float64Array.from(covered, ({ coveredUsd, coveredComputeUsd }, day) => {
    const notGpu = toNumber(subtract(coveredUsd, coveredComputeUsd));
    return notGpu + (gpuUsd[day] ?? 0);
  });
  return { ownUsd, gpuUsd };
}

export interface NeedFacts {
  readonly grid: DayGrid;
  readonly peaks: HourPeaks;
  /** Paid nanoseconds by cell. */
  readonly paidNs: Float64Array;
  readonly covered: readonly CoveredDay[];
  /** Paid replicas for a number of running ones; equal by default. */
  readonly paidFor?: ((replicas: number) => number) | undefined;
  /** The time zone of weekly hours; absent is UTC. */
  readonly wall?: LocalClock | undefined;
}

export interface NeededTime {
  /** Nanoseconds by day, at most the covered ones. */
  readonly byDay: readonly bigint[];
  readonly mostReplicas: number;
  /** Paid hours in which no replica is needed. */
  readonly hoursOff: number;
  /** Absent if no hour of the week is always free. */
  readonly weekOff: FreeWeekHours | undefined;
}

const NS_IN_MS = 1_000_000;
/** Less than a millionth of a replica is rounding of time, not another replica. */
const ROUNDING = 1e-6;
/** Sums of doubles move to a bigint before they could lose a unit. */
const FULL = 2 ** 52;

/**
 * Time of the needed replicas by hour, for as long as the hour's usage is known, but at most the
 * paid time. An hour without known usage counts as zero. One replica in an hour with two paid pods
 * and 30 known minutes is half an hour.
 */
function neededTime(facts: NeedFacts, replicas: Float64Array): NeededTime {
  const { grid, peaks, paidNs, covered, wall, paidFor = (running: number) => running } = facts;
  let [mostReplicas, hoursOff, lastOff] = [0, 0, -1];
  const week = weekTally(wall);
  const byDay = covered.map(({ coveredNs }, day) => {
    let [sum, moved] = [0, 0n];
    eachCell(dayInWindow(grid, day), grid, (cell, fromMs, toMs) => {
      const [knownMs, paid] = [peaks.knownMs[cell] ?? 0, paidNs[cell] ?? 0];
      if (knownMs === 0 || paid === 0) return;
      const hour = cell - day;
      const needed = replicas[hour] ?? 0;
      week.record(fromMs, needed > 0);
      mostReplicas = Math.max(mostReplicas, Math.min(needed, atOnce(paid, toMs - fromMs)));
      if (needed === 0 && hour !== lastOff) [hoursOff, lastOff] = [hoursOff + 1, hour];
      sum += Math.min(Math.round(paidFor(needed) * knownMs * NS_IN_MS), paid);
      if (sum >= FULL) [sum, moved] = [0, moved + BigInt(sum)];
    });
    return smaller(moved + BigInt(sum), coveredNs);
  });
  // Hours that start at half past do not fit a weekly schedule.
  const weekOff = grid.window.startMs % HOUR_MS === 0 ? week.freeHours() : undefined;
  return { byDay, mostReplicas, hoursOff, weekOff };
}

/** Whole replicas paid for at one time: 59 of 60 minutes are one. */
function atOnce(paidNs: number, lengthMs: number): number {
  return Math.ceil(paidNs / (lengthMs * NS_IN_MS) - ROUNDING);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
