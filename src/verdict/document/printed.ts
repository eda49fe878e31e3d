/** Converts exact figures to printed ones: rounded once, with parts that sum to the whole. */

import {
  decimal,
  scaledDecimal,
  type Exact,
  exact,
  multiply,
  toDecimal,
  toInteger,
  sumWhole,
} from '../../domain/exact.ts';
import { invariant } from '../../domain/failure.ts';
import { usd } from '../../domain/money.ts';
import type { AuditInterval, AuditWindowTooShort } from '../auditDecision.ts';
import type { RatioText, UsdText } from '../../domain/figures.ts';
import type { SavingInterval, SimulatedSaving } from '../simulation/types.ts';

/** Printed money in whole millionths of a dollar. */
export type MicroUsd = bigint;

const MICRO = exact(1_000_000n);

/**
 * Rounds a double to six decimals. Only for probabilities and interval ends, not for money that is
 * summed.
 */
export function roundedDouble(value: number): Exact {
  return decimal(value.toFixed(6));
}

export function toMicroUsd(amount: Exact): MicroUsd {
  return toInteger(multiply(amount, MICRO));
}

export function microUsdText(amount: MicroUsd): string {
  return scaledDecimal(amount, 6);
}

export function ratioText(ratio: Exact | undefined): string | null {
  return ratio === undefined ? null : toDecimal(ratio, 6);
}

export function moneyText(amount: Exact | undefined): string | null {
  return amount === undefined ? null : microUsdText(toMicroUsd(amount));
}

/**
 * A cent, the largest possible rounding difference of a sum. A larger one means the parts are not
 * those of the whole.
 */
const MOST_ROUNDING = 10_000n;

/**
 * Rounds parts to micro-dollars that sum to `whole`: each down, then the rest by largest remainder.
 * 0.5, 0.5 and 1 millionths with a whole of 2 are 1, 0 and 1. A part may be negative (credits).
 *
 * @throws {Error} if parts and whole differ by more than a cent.
 */
export function roundTogether(parts: readonly Exact[], whole: MicroUsd): MicroUsd[] {
  const floors = parts.map((part) => toInteger(multiply(part, MICRO), 'floor'));
  let left = whole - sumWhole(floors);
  invariant(
    -MOST_ROUNDING <= left && left <= MOST_ROUNDING,
    `parts of ${microUsdText(whole)} dollars sum to ${microUsdText(whole - left)}`,
  );
  const order = parts
    .map((part, index) => ({ index, rest: restOf(part) }))
    .sort((a, b) => Number(b.rest - a.rest) || a.index - b.index);
  for (let at = 0; left !== 0n && order.length > 0; at = (at + 1) % order.length) {
    const index = order[at]?.index ?? 0;
    const step = left > 0n ? 1n : -1n;
    floors[index] = (floors[index] ?? 0n) + step;
    left -= step;
  }
  return floors;
}

const REST_PRECISION = exact(1_000_000_000_000n);

/** The part below a millionth, in 10^-18 dollars. */
function restOf(part: Exact): bigint {
  const fine = toInteger(multiply(multiply(part, MICRO), REST_PRECISION), 'floor');
  return fine - toInteger(multiply(part, MICRO), 'floor') * REST_PRECISION.num;
}

/** {@link roundTogether} for nano-dollars, to the nearest micro-dollar of their sum. */
export function roundNano(parts: readonly bigint[]): MicroUsd[] {
  const whole = toMicroUsd(usd(sumWhole(parts)));
  return roundTogether(
    parts.map((part) => usd(part)),
    whole,
  );
}

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
