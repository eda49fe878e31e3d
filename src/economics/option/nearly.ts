/** Converts exact numbers to approximate doubles, for guesses that are then settled exactly. */

import type { Exact } from '../../domain/exact.ts';

/** A double can represent numbers of this many bits, and slightly more. */
const BITS_KEPT = 1000;
const BITS_IN_HEX = 4;

/** Within a few parts in 10^16, for a non-negative number of any length. */
export function toApproximateNumber({ num, den }: Exact): number {
  const bits = Math.max(num.toString(16).length, den.toString(16).length) * BITS_IN_HEX;
  const dropped = BigInt(Math.max(0, bits - BITS_KEPT));
  return Number(num >> dropped) / Number(den >> dropped);
}
