/** The UTC days of a period, and how other periods fall on them. */

import { DAY_MS, dayStartMs, type Period, splitByDay } from '../../domain/period.ts';

export interface DayGrid {
  readonly window: Period;
  readonly firstDayMs: number;
  readonly count: number;
}

/** A part of a period within one day. */
export interface DayPiece {
  /** Index of the day in the grid; {@link NO_DAY} outside the period. */
  readonly day: number;
  readonly startMs: number;
  readonly endMs: number;
}

export const NO_DAY = -1;

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

/** The day that contains all of a period; {@link NO_DAY} if none does. */
export function findContainingDay({ startMs, endMs }: Period, grid: DayGrid): number {
  const { window } = grid;
  if (startMs < window.startMs || endMs > window.endMs) return NO_DAY;
  const first = dayIndex(grid, startMs);
  return first === dayIndex(grid, endMs - 1) ? first : NO_DAY;
}

/**
 * Splits a period at each midnight UTC and at the edges of the grid's period; the parts sum to it.
 * 22:00 to 02:00 is two pieces of two hours.
 */
export function cutByDay(span: Period, grid: DayGrid): DayPiece[] {
  const { window } = grid;
  const only = findContainingDay(span, grid);
  if (only !== NO_DAY) return [{ day: only, ...span }];
  return splitByDay(span)
    .flatMap((part) => cutAt(part, window.startMs))
    .flatMap((part) => cutAt(part, window.endMs))
    .map((part) => ({ ...part, day: findDay(part, grid) }));
}

function cutAt(span: Period, instantMs: number): Period[] {
  if (instantMs <= span.startMs || instantMs >= span.endMs) return [span];
  return [
    { startMs: span.startMs, endMs: instantMs },
    { startMs: instantMs, endMs: span.endMs },
  ];
}

function findDay(part: Period, grid: DayGrid): number {
  const { startMs, endMs } = grid.window;
  return part.startMs >= startMs && part.endMs <= endMs ? dayIndex(grid, part.startMs) : NO_DAY;
}
