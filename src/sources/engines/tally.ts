/** Sums one counter into the columns of a grid. */

import { type Grid, findInterval, type AddedAmount, spreadOverIntervals } from './grid.ts';
import { numberAt } from './samples.ts';

/** A restart between two samples. */
export interface Restart {
  /** The first sample after it. */
  readonly atMs: number;
  /** Time between the samples around it. */
  readonly gapMs: number;
  /**
   * The amount that the last known rate would have added in that time. Absent if no rate is known.
   */
  readonly lostAtMost?: number;
  /** Set if only the counter itself shows the restart, not a start time. */
  readonly presumed?: true;
}

/** A refused sample, or a sample from which on a counter was lower than before. */
export interface RefusedSample {
  readonly atMs: number;
  readonly value: number;
  /** The last accepted value. */
  readonly previous: number;
}

/** What one counter adds up to while its samples are read. */
export interface CounterTally {
  readonly grid: Grid;
  readonly added: Float64Array;
  readonly estimated: Uint8Array;
  readonly restarts: Restart[];
  readonly refused: RefusedSample[];
  /** In order of time. */
  readonly movedAtMs: number[];
}

export function createCounterTally(grid: Grid): CounterTally {
  return {
    grid,
    added: new Float64Array(grid.count),
    estimated: new Uint8Array(grid.count),
    restarts: [],
    refused: [],
    movedAtMs: [],
  };
}

export function addAmount(tally: CounterTally, stretch: AddedAmount): void {
  const { grid, added, estimated } = tally;
  if (stretch.amount === 0) return;
  tally.movedAtMs.push(stretch.toMs);
  if (stretch.toMs - stretch.fromMs <= grid.intervalMs) {
    addTo(added, findInterval(grid, stretch.toMs), stretch.amount);
    return;
  }
  for (const { interval, amount } of spreadOverIntervals(grid, stretch)) {
    if (amount === 0 || interval < 0 || interval >= grid.count) continue;
    addTo(added, interval, amount);
    estimated[interval] = 1;
  }
}

/** Adds to a column. An amount outside of it belongs to another window. */
function addTo(column: Float64Array, index: number, amount: number): void {
  if (index >= 0 && index < column.length) column[index] = numberAt(column, index) + amount;
}

export function markEstimated({ grid, estimated }: CounterTally, atMs: number): void {
  const interval = findInterval(grid, atMs);
  if (interval >= 0 && interval < grid.count) estimated[interval] = 1;
}
