/** Hours of a period, counted from its start and split at midnights. */

import { HOUR_MS, type Period } from '../../domain/period.ts';
import { type DayGrid, dayIndex, dayMsAt } from '../bill/days.ts';
import { tokensAt, type UsageSeries } from '../../domain/usage.ts';
import { addAt } from '../columns.ts';

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

function hourAt({ window }: DayGrid, instantMs: number): number {
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

/**
 * Tokens by hour, counted from the start of the period. An interval longer than an hour is spread
 * evenly over its hours.
 */
export function hourlyTokens(series: UsageSeries, window: Period): Float64Array {
  const hours = new Float64Array(Math.ceil((window.endMs - window.startMs) / HOUR_MS));
  hours.fill(Number.NaN);
  for (let row = 0; row < series.length; row += 1) {
    const startMs = (series.startMs[row] ?? 0) - window.startMs;
    const endMs = (series.endMs[row] ?? 0) - window.startMs;
    const tokens = tokensAt(series, row);
    if (endMs - startMs <= HOUR_MS) addTo(hours, Math.floor(startMs / HOUR_MS), tokens);
    else spread(hours, { startMs, endMs, tokens });
  }
  return hours;
}

/** Whole tokens for each hour, which sum to the total: 10 over three hours are 3, 3 and 4. */
function spread(
  hours: Float64Array,
  { startMs, endMs, tokens }: { startMs: number; endMs: number; tokens: number },
): void {
  let assigned = 0;
  for (let at = startMs; at < endMs; ) {
    const hour = Math.floor(at / HOUR_MS);
    const cutMs = Math.min(endMs, (hour + 1) * HOUR_MS);
    const upTo = Math.floor((tokens * (cutMs - startMs)) / (endMs - startMs));
    addTo(hours, hour, upTo - assigned);
    [at, assigned] = [cutMs, upTo];
  }
}

function addTo(hours: Float64Array, hour: number, tokens: number): void {
  const known = hours[hour];
  if (known === undefined) return;
  hours[hour] = (Number.isNaN(known) ? 0 : known) + tokens;
}
