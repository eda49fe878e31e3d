/** How odds and the ends of an interval are printed. */

import type { AuditCannotTell, AuditInterval } from '../auditDecision.ts';
import type { RatioText, UsdText } from '../auditWord.ts';
import type { Interval, Odds } from '../odds/drawn.ts';
import { fromDouble, type MicroUsd, micro, microText, moneyText, ratioText } from './printed.ts';

export interface PrintedOdds {
  readonly probability: RatioText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}

/** Of a saving as it is printed; null where nothing could be drawn. */
export function printOdds(odds: Odds | undefined, saving: MicroUsd | undefined): PrintedOdds {
  const probability = printProbability(odds);
  if (odds === undefined || saving === undefined) return { probability, low: null, high: null };
  return { probability, ...printInterval(odds, { odds, saving }) };
}

export function printProbability(odds: Odds | undefined): RatioText | null {
  return odds === undefined ? null : ratioText(fromDouble(odds.probability));
}

export interface Printed {
  readonly odds: Odds;
  readonly saving: MicroUsd;
}

/**
 * Each end as far from the printed saving as it was drawn from the saving at base: printed parts
 * may be some millionths off, and the saving stays inside all the same.
 */
export function printInterval(ends: Interval, { odds, saving }: Printed): AuditInterval {
  const off = (usd: number) => micro(fromDouble(usd));
  return {
    low: microText(saving - off(odds.usd - ends.low)),
    high: microText(saving + off(ends.high - odds.usd)),
  };
}

export function printCannotTell(odds: Odds | undefined): AuditCannotTell | null {
  if (odds?.cannotTell === undefined) return null;
  const { code, worstWeekUsd } = odds.cannotTell;
  return { code, worstWeekUsd: moneyText(fromDouble(worstWeekUsd)) ?? '' };
}
