/** Sum, order, greatest common divisor and rounded quotient of integers of any size. */

import { invariant } from './failure.ts';

export function sumWhole(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Sorts the largest first: `amounts.sort(largestFirst)`. */
export function largestFirst(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

/** Greatest common divisor of non-negative integers: 6 for 12 and 18, 1 for 0 and 0. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > LARGEST_NUMBER || x > LARGEST_NUMBER) {
    if (y === 0n) return x;
    [x, y] = [y, x % y];
  }
  return BigInt(divisorOfNumbers(Number(x), Number(y)));
}

const LARGEST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** The same for numbers that a double represents exactly, which is many times faster. */
function divisorOfNumbers(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x === 0 ? 1 : x;
}

export type RoundingMode = 'half-even' | 'half-away' | 'toward-zero' | 'floor' | 'ceiling';

/**
 * `num / den` as one integer. Exact halves are rounded by `mode`. `den` must be positive.
 *
 * Worked numbers: `divideRounded(5n, 2n, 'half-even')` is 2, `(7n, 2n)` is 4, `(-5n, 2n, 'floor')`
 * is -3.
 */
export function divideRounded(num: bigint, den: bigint, mode: RoundingMode): bigint {
  invariant(den > 0n, `a divisor must be positive, got ${den}`);
  const quotient = num / den;
  const remainder = num % den;
  if (remainder === 0n) return quotient;
  return quotient + stepAwayFromZero({ quotient, remainder, den }, mode);
}

interface Truncated {
  readonly quotient: bigint;
  readonly remainder: bigint;
  readonly den: bigint;
}

function stepAwayFromZero({ quotient, remainder, den }: Truncated, mode: RoundingMode): bigint {
  const away = remainder < 0n ? -1n : 1n;
  switch (mode) {
    case 'toward-zero':
      return 0n;
    case 'floor':
      return away < 0n ? -1n : 0n;
    case 'ceiling':
      return away > 0n ? 1n : 0n;
    case 'half-away':
      return twice(remainder) >= den ? away : 0n;
    case 'half-even':
      return twice(remainder) > den || (twice(remainder) === den && quotient % 2n !== 0n)
        ? away
        : 0n;
  }
}

function twice(remainder: bigint): bigint {
  return remainder < 0n ? -2n * remainder : 2n * remainder;
}
