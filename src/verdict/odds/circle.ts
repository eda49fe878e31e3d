/** Knows the days of a deployment that are drawn from: its life, closed to a circle of blocks. */

import type { DrawnDeployment } from './drawn.ts';

/** A week, so that a block holds as many weekends as the quarter does. */
const BLOCK_DAYS = 7;
const FEWEST_BLOCKS = 4;

export interface Circle {
  /** From the first day with paid time to the last: before and after there was no deployment. */
  readonly firstDay: number;
  readonly days: number;
  readonly blockDays: number;
  /** What is left of the days after whole blocks. */
  readonly lastDays: number;
  /** Replica time by day of life. */
  readonly covered: Float64Array;
  readonly missing: Float64Array;
  readonly coveredTime: number;
  readonly missingTime: number;
  /** Factor on what blocks stray from their mean. */
  readonly stretch: number;
}

export function circleOf({ paid, covered: seen }: DrawnDeployment): Circle {
  const firstPaid = paid.findIndex((time) => time > 0);
  const firstDay = Math.max(0, firstPaid);
  const endDay = firstPaid < 0 ? paid.length : paid.findLastIndex((time) => time > 0) + 1;
  const days = endDay - firstDay;
  const covered = seen.slice(firstDay, endDay);
  const missing = covered.map((time, day) => Math.max(0, (paid[firstDay + day] ?? 0) - time));
  const [coveredTime, missingTime] = [total(covered), total(missing)];
  const blockDays = blockDaysOf(days);
  const share = missingTime > 0 ? coveredTime / (coveredTime + missingTime) : 1;
  const stretch = stretchOf((days * share) / blockDays);
  const time = { covered, missing, coveredTime, missingTime };
  return { firstDay, days, blockDays, lastDays: days % blockDays, ...time, stretch };
}

/**
 * Weeks; in less than four of them shorter blocks, for one block alone could not stray. 92 days
 * are drawn in blocks of 7, 14 days in blocks of 3.
 */
function blockDaysOf(days: number): number {
  return Math.min(BLOCK_DAYS, Math.max(1, Math.floor(days / FEWEST_BLOCKS)));
}

/** The most blocks that any life within so many days is made of: 14 in 92 days, never below 7. */
export function mostBlocks(days: number): number {
  return Math.max(2 * FEWEST_BLOCKS - 1, Math.ceil(days / BLOCK_DAYS));
}

/**
 * Blocks stray from the mean of a sample that holds them less than from the truth, by
 * sqrt((b - 1) / b) of b blocks; and how far they stray is itself known from b blocks only, for
 * which Student's 90 % is wider than the normal one by about 0.93 / (b - 1). 13 blocks stray 1.12
 * times as far.
 */
function stretchOf(blocks: number): number {
  const enough = Math.max(2, blocks);
  return Math.sqrt(enough / (enough - 1)) * (1 + 0.93 / (enough - 1));
}

export function total(series: Float64Array): number {
  let sum = 0;
  for (const value of series) sum += value;
  return sum;
}

/** For each start the sum of so many values from it on, around the circle. */
export function circular(series: Float64Array, length: number): Float64Array {
  return series.map((_, start) => {
    let sum = 0;
    for (let at = start; at < start + length; at += 1) sum += series[at % series.length] ?? 0;
    return sum;
  });
}
