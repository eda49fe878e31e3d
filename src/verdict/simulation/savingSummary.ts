/** Computes probability and interval from a sample of savings. */

import { invariant } from '../../domain/failure.ts';
import type { SavingInterval, SimulatedSaving } from './types.ts';

/** Half a millionth of a dollar. A saving that prints as $0 is a tie and counts half. */
const TIE_USD = 0.000_000_5;

/** `usd` is the saving at base assumptions. */
export function summarizeSavings(savings: Float64Array, usd: number): SimulatedSaving {
  let score = 0;
  for (const each of savings) {
    if (each >= TIE_USD) score += 1;
    else if (each > -TIE_USD) score += 0.5;
  }
  return { probability: score / savings.length, usd, ...savingInterval(savings) };
}

/**
 * The 5% and 95% ends by nearest rank: of 2,000 draws the 100th smallest and the 100th largest.
 * Counting from both sides makes the interval of a loss the mirror of that of a saving.
 */
export function savingInterval(savings: Float64Array): SavingInterval {
  const draws = savings.length;
  invariant(draws > 0, 'there are no odds without a draw');
  const moved = savings.slice();
  const rank = Math.ceil(draws / 20);
  return { low: valueAtRank(moved, rank - 1), high: valueAtRank(moved, draws - rank) };
}

/**
 * The value at `rank` (0 is the smallest) if the values were sorted. Reorders `values` in place:
 * smaller ones before that place, larger ones after it. Of 9, 1 and 5 the value at rank 1 is 5.
 */
export function valueAtRank(values: Float64Array, rank: number): number {
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = middleOf(at(values, first), at(values, (first + last) >> 1), at(values, last));
    let [low, high] = [first, last];
    while (low <= high) {
      while (at(values, low) < pivot) low += 1;
      while (at(values, high) > pivot) high -= 1;
      if (low > high) break;
      const moved = at(values, low);
      values[low] = at(values, high);
      values[high] = moved;
      low += 1;
      high -= 1;
    }
    if (rank <= high) last = high;
    else if (rank >= low) first = low;
    else break;
  }
  return at(values, rank);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
