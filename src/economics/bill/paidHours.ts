/** The replica time that was paid for in each hour of a window. */

import { DAY_MS, HOUR_MS, type Period } from '../../domain/period.ts';
import { bump } from '../usage/column.ts';
import { cellCount, eachCell, hourCount } from '../usage/hourCells.ts';
import type { DayGrid } from './days.ts';
import type { PaidPiece } from './paidPieces.ts';

/**
 * Whole nanoseconds by cell, each piece spread evenly over its time; the parts of a piece sum to
 * it. 90 minutes from noon to 13:30 are 60 and 30. Exact up to 2,500 replicas at once.
 */
export function paidByCell(pieces: Iterable<PaidPiece>, grid: DayGrid): Float64Array {
  const paid = new Float64Array(cellCount(grid));
  for (const piece of pieces) addPiece(paid, piece, grid);
  return paid;
}

/** The same by hours of the window, counted from its start, whatever day they begin on. */
export function paidByHour(pieces: Iterable<PaidPiece>, window: Period): Float64Array {
  const lengthMs = window.endMs - window.startMs;
  // Days that begin where the window does cut no hour in two.
  const grid = { window, firstDayMs: window.startMs, count: Math.ceil(lengthMs / DAY_MS) };
  const cells = paidByCell(pieces, grid);
  return Float64Array.from({ length: hourCount(grid) }, (_, hour) => {
    return cells[hour + Math.floor(hour / HOURS_IN_DAY)] ?? 0;
  });
}

const HOURS_IN_DAY = DAY_MS / HOUR_MS;

/** By whole nanoseconds a millisecond, and what is left over by its share of the time so far. */
function addPiece(paid: Float64Array, piece: PaidPiece, grid: DayGrid): void {
  const lengthMs = piece.endMs - piece.startMs;
  const perMs = Number(piece.ns / BigInt(lengthMs));
  const over = Number(piece.ns % BigInt(lengthMs));
  let given = 0;
  eachCell(piece, grid, (cell, fromMs, toMs) => {
    const upTo = wholeQuotient(over * (toMs - piece.startMs), lengthMs);
    bump(paid, cell, perMs * (toMs - fromMs) + upTo - given);
    given = upTo;
  });
}

/** By the remainder, for a rounded quotient could reach the next whole number. */
function wholeQuotient(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}
