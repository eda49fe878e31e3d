/** A load in blocks of a week: how far they stray, in what order, and what of it days explain. */

import type { Load } from './load.ts';

/** A week, so that a block holds as many weekends as the window does. */
const WEEK_DAYS = 7;
const FEWEST_BLOCKS = 4;

/** Squares and products of what blocks stray from their mean, in dollars squared. */
export interface Moments {
  readonly blocks: number;
  readonly blockDays: number;
  /** Of all blocks, of those between the first and the last, of each with the next. */
  readonly all: number;
  readonly inner: number;
  readonly next: number;
  /** Square of what the first and the last stray together. */
  readonly ends: number;
  /** Cubes, in dollars cubed. */
  readonly cubes: number;
  /** The variance of a block, were its days independent of each other. */
  readonly byDays: number;
  /** Squares of what the missing time would have strayed, had it been like each block. */
  readonly gaps: number;
  /** What the worst block strays; 0 or less. */
  readonly worst: number;
}

/**
 * Weeks; in less than four of them shorter blocks, for one block alone could not stray. 92 days
 * are 13 blocks of 7, 14 days are four of 3.
 */
export function blockDaysOf(days: number): number {
  return Math.min(WEEK_DAYS, Math.max(1, Math.floor(days / FEWEST_BLOCKS)));
}

export function isWeekly({ blockDays }: Moments): boolean {
  return blockDays === WEEK_DAYS;
}

/** The mean over all places where blocks can begin: 92 days hold 13 weeks from two of them. */
export function momentsOf(load: Load): Moments {
  const days = load.endDay - load.firstDay;
  const blockDays = blockDaysOf(days);
  const blocks = Math.floor(days / blockDays);
  const places = days - blocks * blockDays + 1;
  const found = Array.from({ length: places }, (_, place) =>
    momentsFrom(load, { first: load.firstDay + place, blocks, blockDays }),
  );
  const mean = (of: (moments: Moments) => number) =>
    found.reduce((sum, each) => sum + of(each), 0) / places;
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

function momentsFrom({ strays, gaps }: Load, cut: Cut): Moments {
  const { first, blocks, blockDays } = cut;
  const sums = blockSums(strays, cut);
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
    byDays: byDays(strays.subarray(first, first + blocks * blockDays), { sums, cut }),
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
 * The variance within blocks, of weeks without what each weekday has of its own; times the days of
 * a block. 0 for a block of one day, which has no days to differ.
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
