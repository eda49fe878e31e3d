/** Knows the odds that lie in a sample of savings. */

import { invariant } from '../../domain/invariant.ts';
import type { Odds, SavingOdds } from './drawn.ts';
import { valueAtRank } from './ranked.ts';
import type { Savings } from './savings.ts';

/** Half a millionth of a dollar: what would be printed as 0 is a tie, which counts half. */
const TIE_USD = 0.000_000_5;

export function savingOdds({ withLabor, withoutLabor }: Savings): SavingOdds {
  return { withLabor: oddsOf(withLabor), withoutLabor: oddsOf(withoutLabor) };
}

/**
 * The ends are the nearest ranks from either side: of 2,000 draws the 100th smallest and the 100th
 * largest, so that a loss is the mirror of a saving.
 */
export function oddsOf(savings: Float64Array): Odds {
  const draws = savings.length;
  invariant(draws > 0, 'there are no odds without a draw');
  let score = 0;
  for (const usd of savings) {
    if (usd >= TIE_USD) score += 1;
    else if (usd > -TIE_USD) score += 0.5;
  }
  const moved = savings.slice();
  const rank = Math.ceil(draws / 20);
  return {
    probability: score / draws,
    low: valueAtRank(moved, rank - 1),
    high: valueAtRank(moved, draws - rank),
  };
}
