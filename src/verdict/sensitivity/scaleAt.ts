/** At which scale of the tokens a cost meets a target: on a convex line of pieces. */

import {
  compare,
  divide,
  type Exact,
  exact,
  multiply,
  ONE,
  subtract,
  toInteger,
} from '../../domain/exact.ts';

/** A cost and its slope at a scale; cost never falls as the scale grows, and bends only upward. */
export interface CostAt {
  readonly usd: Exact;
  readonly slopeUsd: Exact;
}

/** A million times the tokens is a question nobody asks. */
const MOST_DOUBLINGS = 20;

/**
 * The scale at which the cost is the target, exactly; `undefined` where there is none. Newton's
 * steps: from the right each lands between the answer and where it started, on another piece, so
 * they end. A cost of $1 until scale 2 and $3 more for each one above it is $10 at 5.
 */
export function scaleAt(costAt: (scale: Exact) => CostAt, targetUsd: Exact): Exact | undefined {
  let { scale, usd, slopeUsd } = firstSlope(costAt, targetUsd);
  for (let isFirst = true; compare(usd, targetUsd) !== 0; isFirst = false) {
    if (slopeUsd.num <= 0n) return undefined;
    const zero = subtract(scale, divide(subtract(usd, targetUsd), slopeUsd));
    if (zero.num < 0n) return undefined;
    const next = shortened(zero);
    if (!isFirst && compare(next, scale) >= 0) return zero;
    scale = next;
    ({ usd, slopeUsd } = costAt(scale));
  }
  return scale;
}

/** Today's scale; or a larger one at which the cost has begun to grow, where it is too low yet. */
function firstSlope(costAt: (scale: Exact) => CostAt, targetUsd: Exact) {
  let at = { scale: ONE, ...costAt(ONE) };
  for (let doubled = 0; doubled < MOST_DOUBLINGS; doubled += 1) {
    if (at.slopeUsd.num > 0n || compare(at.usd, targetUsd) >= 0) break;
    const scale = multiply(at.scale, exact(2n));
    at = { scale, ...costAt(scale) };
  }
  return at;
}

const LONG = 10n ** 100n;
const FINE = 10n ** 12n;

/** Up to twelve decimals where the digits grow too many: upward, to stay right of the answer. */
function shortened(scale: Exact): Exact {
  if (scale.den < LONG) return scale;
  return exact(toInteger(multiply(scale, exact(FINE)), 'ceiling'), FINE);
}
