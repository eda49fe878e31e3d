/** Computes the replica time to pay for with only the replicas that each hour needs. */

import { HOUR_MS } from '../../domain/period.ts';
import type { DayGrid } from '../bill/days.ts';
import type { LocalClock } from '../../domain/wallClock.ts';
import type { CoveredDay } from '../usage/coverage.ts';
import { dayInWindow, eachCell } from '../usage/hourCells.ts';
import type { HourPeaks } from '../usage/hourPeaks.ts';
import { type FreeWeekHours, weekTally } from './weekOff.ts';

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
export function neededTime(facts: NeedFacts, replicas: Float64Array): NeededTime {
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
