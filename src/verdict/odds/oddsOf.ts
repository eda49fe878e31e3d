/** The odds that lie in a sample of savings. */

import { invariant } from '../../domain/invariant.ts';
import type { Interval, Odds } from './drawn.ts';
import { valueAtRank } from './ranked.ts';

/** Half a millionth of a dollar: what would be printed as 0 is a tie, which counts half. */
const TIE_USD = 0.000_000_5;

/** `usd` is the saving at the base of all assumptions. */
export function oddsOf(savings: Float64Array, usd: number): Odds {
  let score = 0;
  for (const each of savings) {
    if (each >= TIE_USD) score += 1;
    else if (each > -TIE_USD) score += 0.5;
  }
  return { probability: score / savings.length, usd, ...intervalOf(savings) };
}

/**
 * The ends are the nearest ranks from either side: of 2,000 draws the 100th smallest and the 100th
 * largest, so that a loss is the mirror of a saving.
 */
export function intervalOf(savings: Float64Array): Interval {
  const draws = savings.length;
  invariant(draws > 0, 'there are no odds without a draw');
  const moved = savings.slice();
  const rank = Math.ceil(draws / 20);
  return { low: valueAtRank(moved, rank - 1), high: valueAtRank(moved, draws - rank) };
}
