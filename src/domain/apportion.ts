/** Divides a total into parts that sum to it exactly, by weight or along time. */

import { type Exact, greatestCommonDivisor, sumWhole } from './exact.ts';
import { invariant } from './failure.ts';
import { durationMs, type Period } from './period.ts';

/**
 * Divides `total` in proportion to `weights`. The parts always sum to `total`. Remaining units go
 * to the largest remainders, earlier parts first. A total may be negative (a credit). Weights may
 * not be negative, and their sum must be positive.
 *
 * Worked numbers: 100 by [1, 1, 1] is [34, 33, 33]; -5 by [1, 1] is [-3, -2].
 */
export function apportion(total: bigint, weights: readonly bigint[]): bigint[] {
  invariant(
    weights.every((weight) => weight >= 0n),
    'a weight cannot be negative',
  );
  const whole = sumWhole(weights);
  invariant(whole > 0n, 'the weights must not all be zero');
  const sign = total < 0n ? -1n : 1n;
  const parts = divideByRemainder(total * sign, weights, whole);
  return parts.map((part) => part * sign);
}

function divideByRemainder(total: bigint, weights: readonly bigint[], whole: bigint): bigint[] {
  const parts = weights.map((weight) => (total * weight) / whole);
  const remainders = weights.map((weight, index) => ({ index, rest: (total * weight) % whole }));
  let left = total - sumWhole(parts);
  remainders.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1));
  for (const { index } of remainders) {
    if (left === 0n) break;
    parts[index] = (parts[index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts;
}

/** {@link apportion} with fractions for weights: 10 by [1/2, 1/3] is [6, 4]. */
export function apportionExact(total: bigint, weights: readonly Exact[]): bigint[] {
  const common = weights.reduce(
    (den, weight) => den * (weight.den / greatestCommonDivisor(den, weight.den)),
    1n,
  );
  return apportion(
    total,
    weights.map((weight) => weight.num * (common / weight.den)),
  );
}

const MICRO = 1000n;

/**
 * Divides nano-USD. Whole micro-USD are divided into whole micro-USD, so splitting a bill with up
 * to six decimals over time never adds a seventh.
 */
export function apportionMoney(nanoUsd: bigint, weights: readonly bigint[]): bigint[] {
  if (nanoUsd % MICRO !== 0n) return apportion(nanoUsd, weights);
  return apportion(nanoUsd / MICRO, weights).map((micro) => micro * MICRO);
}

/**
 * Divides nano-USD over pieces of time, in their order and in proportion to their length. Any run
 * of neighboring parts is within one unit of its exact share, where largest remainders would favor
 * the first parts. Units are those of {@link apportionMoney}. The parts sum to the whole.
 *
 * Worked numbers: $100 over 30 days is $50 for the first 15; 100 nano-USD over three hours are 33,
 * 34 and 33; $3.00 from 22:00 to 01:00 is $2.00 before midnight and $1.00 after it.
 */
export function apportionOverTime(nanoUsd: bigint, pieces: readonly Period[]): bigint[] {
  const weights = pieces.map((piece) => BigInt(durationMs(piece)));
  const whole = sumWhole(weights);
  invariant(whole > 0n, 'the pieces must not all be empty');
  const unit = nanoUsd % MICRO === 0n ? MICRO : 1n;
  const units = (nanoUsd < 0n ? -nanoUsd : nanoUsd) / unit;
  const sign = nanoUsd < 0n ? -unit : unit;
  let [passed, assigned] = [0n, 0n];
  return weights.map((weight) => {
    passed += weight;
    // Half up, not half to even: two halves of one total then round the same way.
    const reached = (2n * units * passed + whole) / (2n * whole);
    const part = reached - assigned;
    assigned = reached;
    return part * sign;
  });
}
