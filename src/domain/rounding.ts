/** Rounds a fraction of integers to one integer by a named mode. */

import { invariant } from './invariant.ts';

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
