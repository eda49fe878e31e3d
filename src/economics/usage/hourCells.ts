/** Hours of a period, counted from its start and split at midnights. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import { type DayGrid, dayIndex, dayMsAt } from '../bill/days.ts';

/**
 * The number of cells. A cell is the part of an hour within one day; its number is the hour's plus
 * the day's. An hour with number 5 from 23:30 has cells 5 and 6. If hours start at midnight, each
 * is one cell, and one number per day stays unused.
 */
export function cellCount(grid: DayGrid): number {
  return hourCount(grid) + grid.count;
}

export function hourCount({ window }: DayGrid): number {
  return Math.ceil((window.endMs - window.startMs) / HOUR_MS);
}

export function hourAt({ window }: DayGrid, instantMs: number): number {
  return Math.floor((instantMs - window.startMs) / HOUR_MS);
}

/**
 * Calls `visit` for each cell that a period inside the grid's period touches, in order, with the
 * shared part.
 */
export function eachCell(
  { startMs, endMs }: Period,
  grid: DayGrid,
  visit: (cell: number, fromMs: number, toMs: number) => void,
): void {
  for (let at = startMs; at < endMs; ) {
    const hour = hourAt(grid, at);
    const day = dayIndex(grid, at);
    const nextHourMs = grid.window.startMs + (hour + 1) * HOUR_MS;
    const cutMs = Math.min(endMs, nextHourMs, dayMsAt(grid, day + 1));
    visit(hour + day, at, cutMs);
    at = cutMs;
  }
}

/** The part of a day of the grid inside its period. */
export function dayInWindow(grid: DayGrid, day: number): Period {
  const startMs = Math.max(dayMsAt(grid, day), grid.window.startMs);
  return { startMs, endMs: Math.min(dayMsAt(grid, day + 1), grid.window.endMs) };
}
