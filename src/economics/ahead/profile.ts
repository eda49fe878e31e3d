/** A day's load profile, defined by one number: the peak hour over the mean hour. */

import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  multiply,
  subtract,
} from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { HOURS_IN_DAY } from '../option/weekOff.ts';

/** The peak hour in UTC; which hour it is changes no cost. */
const PEAK_HOUR = 12;

/**
 * Share of each hour in a day whose peak hour is `burstiness` times its mean (1 is flat, 24 is all
 * in one hour). A triangle with n hours up and n hours down has 24 / n. Values between two
 * triangles are interpolated. At 3 the peak hour has 1/8 of the day, and nine hours have nothing.
 */
export function hourShares(burstiness: Exact): Exact[] {
  const steps = [exact(1n), ...Array.from({ length: 12 }, (_, at) => ratioOf(12 - at))];
  const upper = steps.findIndex(
    (ratio) => ratio.num * burstiness.den >= burstiness.num * ratio.den,
  );
  const [below, above] = [steps[upper - 1], steps[upper]];
  invariant(above !== undefined && burstiness.num >= burstiness.den, 'from 1 to 24');
  if (below === undefined) return flat();
  const part = divide(subtract(burstiness, below), subtract(above, below));
  const [from, to] = [upper === 1 ? flat() : triangle(14 - upper), triangle(13 - upper)];
  return from.map((share, hour) => add(share, multiply(part, subtract(to[hour] ?? share, share))));
}

function ratioOf(hours: number): Exact {
  return exact(BigInt(HOURS_IN_DAY), BigInt(hours));
}

function flat(): Exact[] {
  return Array.from({ length: HOURS_IN_DAY }, () => exact(1n, BigInt(HOURS_IN_DAY)));
}

/** Weights n - distance from the peak, which sum to n x n. */
function triangle(hours: number): Exact[] {
  return Array.from({ length: HOURS_IN_DAY }, (_, hour) => {
    const weight = Math.max(0, hours - Math.abs(hour - PEAK_HOUR));
    return divide(exactInteger(weight), exactInteger(hours * hours));
  });
}
