/** Knows the UTC days of a window, and how any period falls into them. */

import { DAY_MS, dayStartMs, type Period, splitByDay } from '../../domain/period.ts';

export interface DayGrid {
  readonly window: Period;
  readonly firstDayMs: number;
  readonly count: number;
}

/** A part of a period that lies within one day. */
export interface Piece {
  /** Index of the day in the grid; -1 outside the window. */
  readonly day: number;
  readonly startMs: number;
  readonly endMs: number;
}

export function dayGrid(window: Period): DayGrid {
  const firstDayMs = dayStartMs(window.startMs);
  return { window, firstDayMs, count: Math.ceil((window.endMs - firstDayMs) / DAY_MS) };
}

export function dayIndex(grid: DayGrid, instantMs: number): number {
  return Math.floor((instantMs - grid.firstDayMs) / DAY_MS);
}

export function dayMsAt(grid: DayGrid, day: number): number {
  return grid.firstDayMs + day * DAY_MS;
}

/**
 * A period cut at each midnight UTC and at the window's edges; the parts sum to the period.
 * 22:00 to 02:00 is two pieces of two hours.
 */
export function cutByDay(span: Period, grid: DayGrid): Piece[] {
  const { window } = grid;
  const isInside = window.startMs <= span.startMs && span.endMs <= window.endMs;
  const first = dayIndex(grid, span.startMs);
  if (isInside && first === dayIndex(grid, span.endMs - 1)) return [{ day: first, ...span }];
  return splitByDay(span)
    .flatMap((part) => cutAt(part, window.startMs))
    .flatMap((part) => cutAt(part, window.endMs))
    .map((part) => ({ ...part, day: placeOf(part, grid) }));
}

function cutAt(span: Period, instantMs: number): Period[] {
  if (instantMs <= span.startMs || instantMs >= span.endMs) return [span];
  return [
    { startMs: span.startMs, endMs: instantMs },
    { startMs: instantMs, endMs: span.endMs },
  ];
}

function placeOf(part: Period, grid: DayGrid): number {
  const { startMs, endMs } = grid.window;
  return part.startMs >= startMs && part.endMs <= endMs ? dayIndex(grid, part.startMs) : -1;
}
