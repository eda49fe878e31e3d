/**
 * Computes each day's deviation from the mean saving, and moments of a load in weekly blocks:
 * variance, order, and the part explained by days.
 */

import type { DeploymentSeries } from './types.ts';

/** A week, so each block has the same share of weekends. */
const WEEK_DAYS = 7;
const FEWEST_BLOCKS = 4;

/** Squares and products of the blocks' deviations from their mean, in dollars squared. */
export interface Moments {
  readonly blocks: number;
  readonly blockDays: number;
  /** Sums over all blocks, over those between first and last, and of each block times the next. */
  readonly all: number;
  readonly inner: number;
  readonly next: number;
  /** Square of the summed deviations of the first and the last block. */
  readonly ends: number;
  /** Sum of cubes, in dollars cubed. */
  readonly cubes: number;
  /** Variance of a block if its days were independent. */
  readonly byDays: number;
  /** Squared deviations of the missing time, if it were like each block. */
  readonly gaps: number;
  /** Deviation of the worst block: 0 or less. */
  readonly worst: number;
}

/**
 * Days of a block: a week, or less if the life has fewer than four weeks, because one block alone
 * shows no variation. 92 days are 13 blocks of 7, 14 days are four of 3.
 */
export function daysPerBlock(days: number): number {
  return Math.min(WEEK_DAYS, Math.max(1, Math.floor(days / FEWEST_BLOCKS)));
}

export function isWeekly({ blockDays }: Moments): boolean {
  return blockDays === WEEK_DAYS;
}

/** Means over all possible offsets of the first block: 13 weeks fit into 92 days at two offsets. */
export function computeMoments(load: DailyDeviations): Moments {
  const days = load.endDay - load.firstDay;
  const blockDays = daysPerBlock(days);
  const blocks = Math.floor(days / blockDays);
  const offsets = days - blocks * blockDays + 1;
  const found = Array.from({ length: offsets }, (_, offset) =>
    momentsFrom(load, { first: load.firstDay + offset, blocks, blockDays }),
  );
  const mean = (value: (moments: Moments) => number) =>
    found.reduce((sum, each) => sum + value(each), 0) / offsets;
  return {
    blocks,
    blockDays,
    all: mean(({ all }) => all),
    inner: mean(({ inner }) => inner),
    next: mean(({ next }) => next),
    ends: mean(({ ends }) => ends),
    cubes: mean(({ cubes }) => cubes),
    byDays: mean(({ byDays }) => byDays),
    gaps: mean(({ gaps }) => gaps),
    worst: found.reduce((least, { worst }) => Math.min(least, worst), 0),
  };
}

interface Cut {
  readonly first: number;
  readonly blocks: number;
  readonly blockDays: number;
}

function momentsFrom({ deviations, gaps }: DailyDeviations, cut: Cut): Moments {
  const { first, blocks, blockDays } = cut;
  const sums = blockSums(deviations, cut);
  const c = centered(sums);
  const last = blocks - 1;
  let [inner, next, cubes, worst] = [0, 0, 0, 0];
  for (let at = 0; at < blocks; at += 1) {
    const own = c[at] ?? 0;
    if (at > 0) next += own * (c[at - 1] ?? 0);
    if (at > 0 && at < last) inner += own * own;
    cubes += own * own * own;
    worst = Math.min(worst, own);
  }
  const ends = (c[0] ?? 0) + (c[last] ?? 0);
  return {
    blocks,
    blockDays,
    all: squares(c),
    inner,
    next,
    ends: ends * ends,
    cubes,
    byDays: byDays(deviations.subarray(first, first + blocks * blockDays), { sums, cut }),
    gaps: squares(centered(blockSums(gaps, cut))) / (blockDays * blockDays),
    worst,
  };
}

function blockSums(series: Float64Array, { first, blocks, blockDays }: Cut): Float64Array {
  const sums = new Float64Array(blocks);
  for (let at = 0; at < blocks * blockDays; at += 1) {
    const block = Math.floor(at / blockDays);
    sums[block] = (sums[block] ?? 0) + (series[first + at] ?? 0);
  }
  return sums;
}

function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

interface Blocks {
  readonly sums: Float64Array;
  readonly cut: Cut;
}

/**
 * Variance within blocks times the days of a block. Weekly blocks leave out the pattern of
 * weekdays. 0 for blocks of one day.
 */
function byDays(days: Float64Array, { sums, cut: { blocks, blockDays } }: Blocks): number {
  if (blockDays === 1) return 0;
  const within = squares(days) - squares(sums) / blockDays;
  if (blockDays !== WEEK_DAYS)
    return (Math.max(0, within) / (blocks * (blockDays - 1))) * blockDays;
  const weekdays = new Float64Array(blockDays);
  for (let at = 0; at < days.length; at += 1) {
    weekdays[at % blockDays] = (weekdays[at % blockDays] ?? 0) + (days[at] ?? 0);
  }
  const week = squares(centered(weekdays)) / blocks;
  return (Math.max(0, within - week) / ((blocks - 1) * (blockDays - 1))) * blockDays;
}

/** Deviations by day of the window. Days outside the deployment's life have none. */
export interface DailyDeviations {
  /** The life: from the first day with paid time to the last (`endDay` is exclusive). */
  readonly firstDay: number;
  readonly endDay: number;
  /** Dollars by day: the day's saving less that of the mean day. */
  readonly deviations: Float64Array;
  /** The same times the number of missing days: how far those days could have deviated. */
  readonly gaps: Float64Array;
  /** Replica time. */
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** A deployment's life with at least some covered time. */
export interface DeploymentLife {
  readonly firstDay: number;
  readonly endDay: number;
  /** Replica time by day of the window. */
  readonly missing: Float64Array;
  readonly coveredTime: number;
  readonly missingTime: number;
}

/** `undefined` if none of the paid time is covered, or if the life is too short. */
export function findLife(
  { paid, covered }: DeploymentSeries,
  fewestDays: number,
): DeploymentLife | undefined {
  const firstPaid = paid.findIndex((time) => time > 0);
  const firstDay = Math.max(0, firstPaid);
  const endDay = firstPaid < 0 ? paid.length : paid.findLastIndex((time) => time > 0) + 1;
  const missing = paid.map((time, day) => Math.max(0, time - (covered[day] ?? 0)));
  const [coveredTime, missingTime] = [sumSeries(covered), sumSeries(missing)];
  if (endDay - firstDay < fewestDays) return undefined;
  if (missingTime > 0 && coveredTime === 0) return undefined;
  return { firstDay, endDay, missing, coveredTime, missingTime };
}

/**
 * Computes the deviations. Missing time is filled at the mean rate, which deviates by nothing, so
 * it does not matter where a gap lies. $2, $4 and $6 on three days deviate by -2, 0 and 2.
 */
export function toDailyDeviations(saved: Float64Array, life: DeploymentLife): DailyDeviations {
  const { firstDay, endDay, missing, coveredTime, missingTime } = life;
  const days = endDay - firstDay;
  const rate = coveredTime > 0 ? sumSeries(saved) / coveredTime : 0;
  const filled = saved.map((usd, day) => usd + rate * (missing[day] ?? 0));
  const mean = sumSeries(filled) / days;
  const gapDays = missingTime > 0 ? (days * missingTime) / (coveredTime + missingTime) : 0;
  const strays = filled.map((usd, day) => (day >= firstDay && day < endDay ? usd - mean : 0));
  const gaps = strays.map((usd) => usd * gapDays);
  return { firstDay, endDay, deviations: strays, gaps, coveredTime, missingTime };
}

/** Adds deviations day by day: those that coincide add up, those that offset cancel. */
export function addDeviations(one: DailyDeviations, other: DailyDeviations): DailyDeviations {
  return {
    firstDay: Math.min(one.firstDay, other.firstDay),
    endDay: Math.max(one.endDay, other.endDay),
    deviations: one.deviations.map((usd, day) => usd + (other.deviations[day] ?? 0)),
    gaps: one.gaps.map((usd, day) => usd + (other.gaps[day] ?? 0)),
    coveredTime: one.coveredTime + other.coveredTime,
    missingTime: one.missingTime + other.missingTime,
  };
}

export function sumSeries(series: Float64Array): number {
  let sum = 0;
  for (const value of series) sum += value;
  return sum;
}
