/** The intervals into which usage is cut, and to which a moment or a stretch belongs. */

import { apportion } from '../../domain/apportion.ts';
import type { Period } from '../../domain/period.ts';

/** `count` intervals of `intervalMs` from `startMs` on. */
export interface Grid {
  readonly startMs: number;
  readonly intervalMs: number;
  readonly count: number;
}

export function gridOf(span: Period, intervalMs: number): Grid {
  return {
    startMs: span.startMs,
    intervalMs,
    count: Math.ceil((span.endMs - span.startMs) / intervalMs),
  };
}

/**
 * The interval that owns a sample: `(start, end]`, so that a sample on a boundary closes the
 * earlier one and is the next one's anchor. Outside of the grid it is negative or `count` and more.
 */
export function intervalOf(grid: Grid, instantMs: number): number {
  return Math.ceil((instantMs - grid.startMs) / grid.intervalMs) - 1;
}

/** Some whole amount that was added in `(fromMs, toMs]`. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly amount: number;
}

/** One interval's share of a stretch. */
export interface Share {
  readonly interval: number;
  readonly amount: number;
}

/**
 * A stretch longer than an interval, divided over all the intervals that it covers in proportion to
 * time; the shares sum to the amount. 10 over three whole intervals is 4, 3, 3.
 */
export function spread(grid: Grid, stretch: Stretch): Share[] {
  const overlaps = overlapsOf(grid, stretch.fromMs, stretch.toMs);
  const parts = apportion(
    BigInt(stretch.amount),
    overlaps.map((overlap) => BigInt(overlap.amount)),
  );
  return overlaps.map(({ interval }, index) => ({ interval, amount: Number(parts[index] ?? 0n) }));
}

/** How many milliseconds of `(fromMs, toMs]` lie in each interval, also outside of the grid. */
export function overlapsOf(grid: Grid, fromMs: number, toMs: number): Share[] {
  const overlaps: Share[] = [];
  const last = intervalOf(grid, toMs);
  const first = Math.floor((fromMs - grid.startMs) / grid.intervalMs);
  for (let interval = first; interval <= last; interval += 1) {
    const startMs = grid.startMs + interval * grid.intervalMs;
    const amount = Math.min(toMs, startMs + grid.intervalMs) - Math.max(fromMs, startMs);
    overlaps.push({ interval, amount });
  }
  return overlaps;
}
