/** Computes exactly how many replicas a load needs. */

import { divide, type Exact, exact, multiply } from '../../domain/exact.ts';

export interface NeedTerms {
  readonly tokensPerSecond: Exact;
  /** Maximum load of a replica as a share of its capacity. */
  readonly headroom: Exact;
  /** Factor on all tokens. */
  readonly scale: Exact;
}

/** Farther than this from an integer (as a share), a double determines on which side it is. */
const TOO_NEAR = 1e-9;
const MOST_COUNTED = 2 ** 50;

/**
 * The fewest replicas for the tokens of an interval: tokens / (length x capacity x headroom),
 * rounded up. At 3,000 tokens/s and 0.8, 8,640,000 tokens in an hour need 1, one more token 2.
 */
export function replicaNeed(terms: NeedTerms): (tokens: number, lengthMs: number) => number {
  const loaded = multiply(terms.tokensPerSecond, terms.headroom);
  const perToken = divide(multiply(terms.scale, exact(1000n)), loaded);
  const guess = toApproximateNumber(perToken);
  return (tokens, lengthMs) => {
    if (tokens === 0) return 0;
    const needed = (tokens / lengthMs) * guess;
    if (!(needed < MOST_COUNTED)) return needed;
    const whole = Math.round(needed);
    if (Math.abs(needed - whole) > TOO_NEAR * Math.max(1, needed)) return Math.ceil(needed);
    const held = BigInt(whole) * BigInt(lengthMs) * perToken.den;
    return BigInt(tokens) * perToken.num > held ? whole + 1 : whole;
  };
}

/** A double can represent numbers of this many bits, and slightly more. */
const BITS_KEPT = 1000;
const BITS_IN_HEX = 4;

/** Within a few parts in 10^16, for a non-negative number of any length. */
export function toApproximateNumber({ num, den }: Exact): number {
  const bits = Math.max(num.toString(16).length, den.toString(16).length) * BITS_IN_HEX;
  const dropped = BigInt(Math.max(0, bits - BITS_KEPT));
  return Number(num >> dropped) / Number(den >> dropped);
}
