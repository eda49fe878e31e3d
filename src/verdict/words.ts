/** Knows how figures stand in the sentences of a verdict: shares and sums. */

import { dollars } from '../domain/digits.ts';
import { type Exact, exact, multiply, toDecimal } from '../domain/exact.ts';
import { usd } from '../domain/money.ts';
import type { RoundingMode } from '../domain/rounding.ts';

export function nanoDollars(nano: bigint): string {
  return dollars(usd(nano));
}

/**
 * `90 %`, `62.5 %`; a share below a threshold goes down, so that it never reads as the threshold.
 */
export function percent(share: Exact, mode: RoundingMode = 'half-even'): string {
  return `${toDecimal(multiply(share, exact(100n)), 1, mode).replace(/\.0$/, '')} %`;
}
