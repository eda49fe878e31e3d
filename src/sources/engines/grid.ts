/** The grid of intervals for usage, and the intervals that a time or a period belongs to. */

import { apportion } from '../../domain/apportion.ts';
import type { Period } from '../../domain/period.ts';

/** `count` intervals of `intervalMs`, starting at `startMs`. */
export interface Grid {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
}

export function toGrid(span: Period, intervalMs: number): Grid {
  return {
    startMs: span.startMs,
    intervalMs,
    count: Math.ceil((span.endMs - span.startMs) / intervalMs),
  };
}

/**
 * The interval of a sample: `(start, end]`. A sample on a boundary ends the earlier interval and is
 * the anchor of the next. Outside the grid, the result is negative or at least `count`.
 */
export function findInterval(grid: Grid, instantMs: number): number {
  return Math.ceil((instantMs - grid.startMs) / grid.intervalMs) - 1;
}

/** An amount that was added in `(fromMs, toMs]`. */
export interface AddedAmount {
  readonly fromMs: number;
  readonly toMs: number;
  readonly amount: number;
}

/** One interval's share of an amount. */
export interface IntervalShare {
  readonly interval: number;
  readonly amount: number;
}

/**
 * Divides an amount over all intervals that it covers, in proportion to time. The shares sum to the
 * amount: 10 over three whole intervals gives 4, 3, 3.
 */
export function spreadOverIntervals(grid: Grid, stretch: AddedAmount): IntervalShare[] {
  const overlaps = intervalOverlaps(grid, stretch.fromMs, stretch.toMs);
  const parts = apportion(
    BigInt(stretch.amount),
    overlaps.map((overlap) => BigInt(overlap.amount)),
  );
  return overlaps.map(({ interval }, index) => ({ interval, amount: Number(parts[index] ?? 0n) }));
}

/** The ms of `(fromMs, toMs]` in each interval, including intervals outside the grid. */
export function intervalOverlaps(grid: Grid, fromMs: number, toMs: number): IntervalShare[] {
  const overlaps: IntervalShare[] = [];
  const last = findInterval(grid, toMs);
  const first = Math.floor((fromMs - grid.startMs) / grid.intervalMs);
  for (let interval = first; interval <= last; interval += 1) {
    const startMs = grid.startMs + interval * grid.intervalMs;
    const amount = Math.min(toMs, startMs + grid.intervalMs) - Math.max(fromMs, startMs);
    overlaps.push({ interval, amount });
  }
  return overlaps;
}
