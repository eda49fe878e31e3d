/** Knows by how much prices of the same thing may move within a quarter. */

import {
  type Exact,
  exact,
  multiply,
  negate,
  ONE,
  subtract,
  toDecimal,
} from '../../domain/exact.ts';

/** Factors on today's. */
export interface Shift {
  readonly low: Exact;
  readonly high: Exact;
}

/**
 * The same checkpoint at a host: no drift to be expected, most changes of a month within 30 %, and
 * more of them up than down.
 */
export const HOSTED_SHIFT: Shift = { low: exact(7n, 10n), high: exact(13n, 10n) };

/** Rates of one GPU fell to the half in two years, then rose by 38 to 40 % in five months. */
export const GPU_SHIFT: Shift = { low: exact(7n, 10n), high: exact(14n, 10n) };

/** `−30 %` for 0.7, `+12.5 %` for 1.125. */
export function shiftText(factor: Exact): string {
  const change = subtract(factor, ONE);
  const size = change.num < 0n ? negate(change) : change;
  const digits = toDecimal(multiply(size, exact(100n)), 1).replace(/\.0$/, '');
  if (digits === '0') return 'as measured';
  return `${change.num < 0n ? '−' : '+'}${digits} %`;
}
