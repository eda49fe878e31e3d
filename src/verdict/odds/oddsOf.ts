/** Computes probability and interval from a sample of savings. */

import { invariant } from '../../domain/invariant.ts';
import type { SavingInterval, SimulatedSaving } from './drawn.ts';
import { valueAtRank } from './ranked.ts';

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
