/** Computes the paid replica time of each hour of a period. */

import { DAY_MS, HOUR_MS, type Period } from '../../domain/period.ts';
import { addAt } from '../usage/column.ts';
import { cellCount, eachCell, hourCount } from '../usage/hourCells.ts';
import type { DayGrid } from './days.ts';
import type { PaidPiece } from './paidPieces.ts';

/**
 * Nanoseconds by cell, each piece spread evenly over its time; the parts of a piece sum to it. 90
 * minutes from noon to 13:30 are 60 and 30. Exact up to 2,500 replicas at one time.
 */
export function paidByCell(pieces: Iterable<PaidPiece>, grid: DayGrid): Float64Array {
  const paid = new Float64Array(cellCount(grid));
  for (const piece of pieces) addPiece(paid, piece, grid);
  return paid;
}

/** The same by hours counted from the start of the period, whatever day they are on. */
export function paidByHour(pieces: Iterable<PaidPiece>, window: Period): Float64Array {
  const lengthMs = window.endMs - window.startMs;
  // Days that start with the period split no hour.
  const grid = { window, firstDayMs: window.startMs, count: Math.ceil(lengthMs / DAY_MS) };
  const cells = paidByCell(pieces, grid);
  return Float64Array.from({ length: hourCount(grid) }, (_, hour) => {
    return cells[hour + Math.floor(hour / HOURS_IN_DAY)] ?? 0;
  });
}

const HOURS_IN_DAY = DAY_MS / HOUR_MS;

/** Adds whole nanoseconds per millisecond, and the remainder in proportion to the time so far. */
function addPiece(paid: Float64Array, piece: PaidPiece, grid: DayGrid): void {
  const lengthMs = piece.endMs - piece.startMs;
  const perMs = Number(piece.ns / BigInt(lengthMs));
  const remainder = Number(piece.ns % BigInt(lengthMs));
  let assigned = 0;
  eachCell(piece, grid, (cell, fromMs, toMs) => {
    const upTo = wholeQuotient(remainder * (toMs - piece.startMs), lengthMs);
    addAt(paid, cell, perMs * (toMs - fromMs) + upTo - assigned);
    assigned = upTo;
  });
}

/** Uses the remainder, because a rounded quotient could reach the next integer. */
function wholeQuotient(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}
