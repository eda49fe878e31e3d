/** The columns into which one counter is counted, and how an amount gets into them. */

import { type Grid, intervalOf, type Stretch, spread } from './grid.ts';
import { at } from './samples.ts';

/** A restart between two samples. */
export interface Restart {
  /** The first sample after it. */
  readonly atMs: number;
  /** Time between the samples around it. */
  readonly gapMs: number;
  /** What the last known rate would have added in that time; absent when no rate is known. */
  readonly lostAtMost?: number;
  /** True where no start says so, only the counter itself. */
  readonly presumed?: true;
}

/** A sample that was not believed, or from which on a counter stood lower than before. */
export interface Refused {
  readonly atMs: number;
  readonly value: number;
  /** The last value that was believed. */
  readonly height: number;
}

/** What one counter's samples tell while they are read. */
export interface Tally {
  readonly grid: Grid;
  readonly added: Float64Array;
  readonly estimated: Uint8Array;
  readonly restarts: Restart[];
  readonly refused: Refused[];
  /** In order of time, as the counter is read. */
  readonly movedAtMs: number[];
}

export function newTally(grid: Grid): Tally {
  return {
    grid,
    added: new Float64Array(grid.count),
    estimated: new Uint8Array(grid.count),
    restarts: [],
    refused: [],
    movedAtMs: [],
  };
}

export function add(tally: Tally, stretch: Stretch): void {
  const { grid, added, estimated } = tally;
  if (stretch.amount === 0) return;
  tally.movedAtMs.push(stretch.toMs);
  if (stretch.toMs - stretch.fromMs <= grid.intervalMs) {
    addTo(added, intervalOf(grid, stretch.toMs), stretch.amount);
    return;
  }
  for (const { interval, amount } of spread(grid, stretch)) {
    if (amount === 0 || interval < 0 || interval >= grid.count) continue;
    addTo(added, interval, amount);
    estimated[interval] = 1;
  }
}

/** Adds to a column; what lies outside of it belongs to someone else. */
function addTo(column: Float64Array, index: number, amount: number): void {
  if (index >= 0 && index < column.length) column[index] = at(column, index) + amount;
}

export function markEstimated({ grid, estimated }: Tally, atMs: number): void {
  const interval = intervalOf(grid, atMs);
  if (interval >= 0 && interval < grid.count) estimated[interval] = 1;
}
