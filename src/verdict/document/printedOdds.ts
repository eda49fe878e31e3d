/** Prints probabilities and interval ends. */

import type { AuditWindowTooShort, AuditInterval } from '../auditDecision.ts';
import type { RatioText, UsdText } from '../auditWord.ts';
import type { SavingInterval, SimulatedSaving } from '../odds/drawn.ts';
import {
  roundedDouble,
  type MicroUsd,
  toMicroUsd,
  microUsdText,
  moneyText,
  ratioText,
} from './printed.ts';

export interface PrintedSimulation {
  readonly probability: RatioText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}

/** Prints probability and interval of a printed saving. Null if the simulation could not run. */
export function printSimulated(
  odds: SimulatedSaving | undefined,
  saving: MicroUsd | undefined,
): PrintedSimulation {
  const probability = printProbability(odds);
  if (odds === undefined || saving === undefined) return { probability, low: null, high: null };
  return { probability, ...printInterval(odds, { odds, saving }) };
}

export function printProbability(odds: SimulatedSaving | undefined): RatioText | null {
  return odds === undefined ? null : ratioText(roundedDouble(odds.probability));
}

export interface PrintedSaving {
  readonly odds: SimulatedSaving;
  readonly saving: MicroUsd;
}

/**
 * Each end keeps its simulated distance to the saving, starting from the printed saving. That may
 * differ by some millionths, and the saving still lies inside the interval.
 */
export function printInterval(
  ends: SavingInterval,
  { odds, saving }: PrintedSaving,
): AuditInterval {
  const off = (usd: number) => toMicroUsd(roundedDouble(usd));
  return {
    low: microUsdText(saving - off(odds.usd - ends.low)),
    high: microUsdText(saving + off(ends.high - odds.usd)),
  };
}

export function printWindowTooShort(odds: SimulatedSaving | undefined): AuditWindowTooShort | null {
  if (odds?.cannotTell === undefined) return null;
  const { code, worstWeekUsd } = odds.cannotTell;
  return { code, worstWeekUsd: moneyText(roundedDouble(worstWeekUsd)) ?? '' };
}
