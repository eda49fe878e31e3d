/** Knows how odds and the ends of an interval are printed. */

import type { RatioText, UsdText } from '../auditWord.ts';
import type { Odds } from '../odds/drawn.ts';
import { fromDouble, moneyText, ratioText } from './printed.ts';

export interface PrintedOdds {
  readonly probability: RatioText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}

/** Null where nothing could be drawn. */
export function printOdds(odds: Odds | undefined): PrintedOdds {
  if (odds === undefined) return { probability: null, low: null, high: null };
  return {
    probability: ratioText(fromDouble(odds.probability)),
    low: moneyText(fromDouble(odds.low)),
    high: moneyText(fromDouble(odds.high)),
  };
}
