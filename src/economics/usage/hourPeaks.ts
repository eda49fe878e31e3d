/** Knows the fastest interval of each hour of a window, and how much of the hour is known. */

import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import type { DayGrid } from '../bill/days.ts';
import { bump } from './column.ts';
import { cellCount, eachCell, hourAt, hourCount } from './hourCells.ts';

export interface HourPeaks {
  /** Milliseconds of each cell that intervals tell of. */
  readonly knownMs: Float64Array;
  /** Of the fastest interval that touches the hour: its tokens and its whole length. */
  readonly tokens: Float64Array;
  readonly lengthMs: Float64Array;
}

/** An interval over several hours counts in each of them, with its own rate. */
export function hourPeaks(series: UsageSeries, grid: DayGrid): HourPeaks {
  const peaks: HourPeaks = {
    knownMs: new Float64Array(cellCount(grid)),
    tokens: new Float64Array(hourCount(grid)),
    lengthMs: new Float64Array(hourCount(grid)).fill(1),
  };
  for (let row = 0; row < series.length; row += 1) {
    const startMs = series.startMs[row] ?? 0;
    const endMs = series.endMs[row] ?? startMs;
    const inWindow = { startMs, endMs: Math.min(endMs, grid.window.endMs) };
    eachCell(inWindow, grid, (cell, fromMs, toMs) => bump(peaks.knownMs, cell, toMs - fromMs));
    const last = hourAt(grid, inWindow.endMs - 1);
    const interval = { tokens: tokensAt(series, row), lengthMs: endMs - startMs };
    for (let hour = hourAt(grid, startMs); hour <= last; hour += 1) raise(peaks, hour, interval);
  }
  return peaks;
}

interface Rate {
  readonly tokens: number;
  readonly lengthMs: number;
}

function raise({ tokens, lengthMs }: HourPeaks, hour: number, interval: Rate): void {
  const peak = { tokens: tokens[hour] ?? 0, lengthMs: lengthMs[hour] ?? 1 };
  if (!isFaster(interval, peak)) return;
  tokens[hour] = interval.tokens;
  lengthMs[hour] = interval.lengthMs;
}

function isFaster(a: Rate, b: Rate): boolean {
  const [left, right] = [a.tokens * b.lengthMs, b.tokens * a.lengthMs];
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left > right;
  return BigInt(a.tokens) * BigInt(b.lengthMs) > BigInt(b.tokens) * BigInt(a.lengthMs);
}
