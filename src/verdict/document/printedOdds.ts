/** Prints probabilities and interval ends. */

import type { AuditCannotTell, AuditInterval } from '../auditDecision.ts';
import type { RatioText, UsdText } from '../auditWord.ts';
import type { Interval, Odds } from '../odds/drawn.ts';
import { fromDouble, type MicroUsd, micro, microText, moneyText, ratioText } from './printed.ts';

export interface PrintedOdds {
  readonly probability: RatioText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}

/** Prints probability and interval of a printed saving. Null if the simulation could not run. */
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
 * Each end keeps its simulated distance to the saving, starting from the printed saving. That may
 * differ by some millionths, and the saving still lies inside the interval.
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
