/** How exact figures become printed ones: rounded once, the parts summing to the whole. */

import {
  decimal,
  decimalText,
  type Exact,
  exact,
  multiply,
  toDecimal,
  toInteger,
} from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { usd } from '../../domain/money.ts';
import { sumWhole } from '../../domain/whole.ts';

/** Whole millionths of a dollar: what is printed. */
export type MicroUsd = bigint;

const MICRO = exact(1_000_000n);

/** A double as the decimal that is printed of it: odds and their ends, no money that is summed. */
export function fromDouble(value: number): Exact {
  return decimal(value.toFixed(6));
}

export function micro(amount: Exact): MicroUsd {
  return toInteger(multiply(amount, MICRO));
}

export function microText(amount: MicroUsd): string {
  return decimalText(amount, 6);
}

export function ratioText(ratio: Exact | undefined): string | null {
  return ratio === undefined ? null : toDecimal(ratio, 6);
}

export function moneyText(amount: Exact | undefined): string | null {
  return amount === undefined ? null : microText(micro(amount));
}

/** A cent: what rounding may come to in any sum of ours. More is another sum, and no rounding. */
const MOST_ROUNDING = 10_000n;

/**
 * Parts to whole micro-dollars that sum to `whole`: each down, what is left by largest remainder.
 * 0.5, 0.5 and 1 millionths with a whole of 2 are 1, 0 and 1. A part may be negative (credits).
 *
 * @throws {Error} where parts and whole are more than a cent apart.
 */
export function roundTogether(parts: readonly Exact[], whole: MicroUsd): MicroUsd[] {
  const floors = parts.map((part) => toInteger(multiply(part, MICRO), 'floor'));
  let left = whole - sumWhole(floors);
  invariant(
    -MOST_ROUNDING <= left && left <= MOST_ROUNDING,
    `parts of ${microText(whole)} dollars sum to ${microText(whole - left)}`,
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

/** {@link roundTogether} of whole nano-dollars to the nearest micro-dollar of their sum. */
export function roundNano(parts: readonly bigint[]): MicroUsd[] {
  const whole = micro(usd(sumWhole(parts)));
  return roundTogether(
    parts.map((part) => usd(part)),
    whole,
  );
}
