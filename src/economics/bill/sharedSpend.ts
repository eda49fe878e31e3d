/** Divides shared spend day by day, without favoring any deployment. */

import { divideRounded } from '../../domain/rounding.ts';
import { sumWhole } from '../../domain/whole.ts';

/** Fractions of a nano-dollar that are carried from day to day. */
const ATTO_IN_NANO = 1_000_000_000n;

/** The sharers' weights on a day, in their order; never all zero. */
export type WeightsOn = (day: number) => readonly bigint[];

/**
 * Whole nano-USD by day and sharer; each day's parts sum to its amount. Rounding is carried to the
 * sharer's next day, so over any time each has its share within about a nano-dollar: 1 a day on
 * three days by [1, 1, 1] is [1, 0, 0], [0, 1, 0], [0, 0, 1].
 */
export function divideByDay(amounts: readonly bigint[], weightsOn: WeightsOn): bigint[][] {
  const carried: bigint[] = [];
  return amounts.map((amount, day) => {
    const weights = weightsOn(day);
    return amount === 0n ? weights.map(() => 0n) : divideDay(amount, weights, carried);
  });
}

/** A sharer without weight on a day gets nothing, whatever it carries. */
function divideDay(amount: bigint, weights: readonly bigint[], carried: bigint[]): bigint[] {
  const whole = sumWhole(weights);
  const parts = weights.map(() => 0n);
  const carriedBy = (at: number) => carried[at] ?? 0n;
  const give = (at: number, nano: bigint) => {
    parts[at] = (parts[at] ?? 0n) + nano;
    carried[at] = carriedBy(at) - nano * ATTO_IN_NANO;
  };
  const sharers = [...weights.keys()].filter((at) => weights[at] !== 0n);
  for (const at of sharers) {
    const due = amount * (weights[at] ?? 0n) * ATTO_IN_NANO;
    carried[at] = carriedBy(at) + divideRounded(due, whole, 'floor');
    give(at, divideRounded(carriedBy(at), ATTO_IN_NANO, 'floor'));
  }
  const left = amount - sumWhole(parts);
  const order = sharers.sort((a, b) => descending(carriedBy(a), carriedBy(b)) || a - b);
  if (left < 0n) order.reverse();
  for (let step = 0; step < Math.abs(Number(left)); step += 1) {
    give(order[step % order.length] ?? 0, left < 0n ? -1n : 1n);
  }
  return parts;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
