/** Finds the busiest interval of each hour of a period, and the known part of the hour. */

import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { addAt } from './column.ts';
import { cellCount, eachCell, hourAt, hourCount } from './hourCells.ts';

export interface HourPeaks {
  /** Milliseconds of each cell with known usage. */
  readonly knownMs: Float64Array;
  /** Tokens and full length of the busiest interval that touches the hour. */
  readonly tokens: Float64Array;
  readonly lengthMs: Float64Array;
}

/** Peaks by hour. An interval over several hours counts in each of them, at its own rate. */
export function hourPeaks(series: UsageSeries, grid: DayGrid): HourPeaks {
  const peaks: HourPeaks = {
    knownMs: new Float64Array(cellCount(grid)),
    tokens: new Float64Array(hourCount(grid)),
    lengthMs: new Float64Array(hourCount(grid)).fill(1),
  };
  const addKnown = (cell: number, fromMs: number, toMs: number) =>
    addAt(peaks.knownMs, cell, toMs - fromMs);
  for (let row = 0; row < series.length; row += 1) {
    const startMs = series.startMs[row] ?? 0;
    const endMs = series.endMs[row] ?? startMs;
    const clipped = { startMs, endMs: Math.min(endMs, grid.window.endMs) };
    eachCell(clipped, grid, addKnown);
    const [tokens, lengthMs] = [tokensAt(series, row), endMs - startMs];
    const last = hourAt(grid, clipped.endMs - 1);
    for (let hour = hourAt(grid, startMs); hour <= last; hour += 1) {
      const peak = product(peaks.tokens[hour] ?? 0, lengthMs);
      if (product(tokens, peaks.lengthMs[hour] ?? 1) <= peak) continue;
      peaks.tokens[hour] = tokens;
      peaks.lengthMs[hour] = lengthMs;
    }
  }
  return peaks;
}

/** Exact product: a double if it is exact, else a bigint; both compare exactly. */
function product(a: number, b: number): number | bigint {
  const near = a * b;
  return near <= Number.MAX_SAFE_INTEGER ? near : BigInt(a) * BigInt(b);
}
