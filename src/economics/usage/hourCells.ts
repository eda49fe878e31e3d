/** The hours of a window, counted from its start, and how midnights cut them. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import { type DayGrid, dayIndex, dayMsAt } from '../bill/days.ts';

/**
 * A cell is the part of an hour that lies in one day; its number is the hour's plus the day's. The
 * hour that is number 5 from 23:30 on makes cells 5 and 6. Where hours begin at midnight, each is
 * one cell, and one number a day stays unused.
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

/** Calls for each cell that a period inside the window touches, in order, with the shared part. */
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

/** The part of a day of the grid that lies in the window. */
export function dayInWindow(grid: DayGrid, day: number): Period {
  const startMs = Math.max(dayMsAt(grid, day), grid.window.startMs);
  return { startMs, endMs: Math.min(dayMsAt(grid, day + 1), grid.window.endMs) };
}
