/** Finds the token scale at which a convex, piecewise linear cost meets a target. */

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

/** A cost and its slope at a scale. The cost never falls as the scale grows, and it is convex. */
export interface CostAt {
  readonly usd: Exact;
  readonly slopeUsd: Exact;
}

/** Limits the search to about a million times today's tokens. */
const MOST_DOUBLINGS = 20;

/**
 * The exact scale at which the cost equals the target. `undefined` if there is none. Newton's
 * method: from the right, each step lands between the solution and its start, on another piece, so
 * the steps end. A cost of $1 until scale 2 and $3 more for each one above it is $10 at 5.
 */
export function findScale(costAt: (scale: Exact) => CostAt, targetUsd: Exact): Exact | undefined {
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

/** Today's scale, or a larger one at which the cost has started to grow, if it is still too low. */
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

/**
 * Rounds up to twelve decimals if there are too many digits. Rounding up stays to the right of the
 * solution.
 */
function shortened(scale: Exact): Exact {
  if (scale.den < LONG) return scale;
  return exact(toInteger(multiply(scale, exact(FINE)), 'ceiling'), FINE);
}
