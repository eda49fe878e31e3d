/** Computes the tokens, and the utilization, at which a change saves nothing. */

import {
  add,
  compare,
  divide,
  type Exact,
  exact,
  isZero,
  multiply,
  ONE,
  subtract,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS, findOffer, scaledCost } from '../../economics/options.ts';
import type { CurrentInputs, PlanComparison, PlannedChange } from './planComparison.ts';
import type { SolvedBreakEven } from './inputEffect.ts';
import { invariant } from '../../domain/failure.ts';
import { atCacheShare } from '../../economics/hosted/hostedCost.ts';
import type { ScaledOffer } from '../../economics/offer.ts';

/**
 * Keeping costs the same at any load, so at break-even the change costs its saving more than today.
 * In the worked example that is 3.998447 times the tokens: 374,254,701 a day, which is more than
 * one replica can serve. A stack has no break-even utilization if one of its deployments would
 * exceed its own capacity.
 */
export function findTokenBreakEvens(
  contest: PlanComparison,
  today: CurrentInputs,
): SolvedBreakEven[] {
  const { tokensPerDay, utilization } = today;
  if (isZero(tokensPerDay)) return [];
  const following = scalingCost(contest.changed);
  if (following === undefined) return [];
  const targetUsd = add(following.today.usd, contest.savingIn(BASE_ASSUMPTIONS));
  const scale = findScale(following.at, targetUsd);
  if (scale === undefined) return [];
  const reached = isHeld(contest, scale) ? utilization && multiply(utilization, scale) : undefined;
  return [
    { code: 'tokens-per-day', today: tokensPerDay, flipsAt: multiply(tokensPerDay, scale) },
    ...(utilization === undefined || reached === undefined || compare(reached, ONE) > 0
      ? []
      : [{ code: 'utilization' as const, today: utilization, flipsAt: reached }]),
  ];
}

/**
 * Whether each deployment's replicas could serve its scaled tokens. The mean over all would not
 * show that.
 */
function isHeld({ deployments }: PlanComparison, scale: Exact): boolean {
  const uses = deployments.flatMap(({ utilization }) => utilization ?? []);
  return uses.every((use) => compare(multiply(use, scale), ONE) <= 0);
}

export interface ScalingCost {
  readonly today: CostAt;
  readonly at: (scale: Exact) => CostAt;
}

/** Cost of one option at a scale. `undefined` if it changes in steps, which have no slope. */
type Follower = (scale: Exact) => CostAt | undefined;

/**
 * The cost of the parts that scale with tokens. `undefined` if there are none, or if one changes in
 * steps.
 */
function scalingCost(changed: readonly PlannedChange[]): ScalingCost | undefined {
  const followers = changed.flatMap(followersOf);
  const today = summed(followers, ONE);
  if (followers.length === 0 || today === undefined) return undefined;
  const at = (scale: Exact) => {
    const cost = summed(followers, scale);
    invariant(cost !== undefined, 'what has a slope today has one at any scale');
    return cost;
  };
  return { today, at: (scale) => (compare(scale, ONE) === 0 ? today : at(scale)) };
}

function followersOf({ deployment, option }: PlannedChange): Follower[] {
  if (findOffer(deployment, option)?.atScale === undefined) return [];
  const cacheShare = BASE_ASSUMPTIONS.cacheShare(deployment.cacheRealization);
  return [(scale) => costOf(scaledCost(deployment, option, scale), cacheShare)];
}

function costOf(scaled: ScaledOffer | undefined, cacheShare: Exact): CostAt | undefined {
  if (scaled?.slope === undefined) return undefined;
  const { gpuUsd, hosted, slope } = scaled;
  return {
    usd: add(gpuUsd, atCacheShare(hosted, cacheShare)),
    slopeUsd: add(slope.gpuUsd, atCacheShare(slope.hosted, cacheShare)),
  };
}

/** Sums the costs. Stops at the first that changes in steps. */
function summed(followers: readonly Follower[], scale: Exact): CostAt | undefined {
  let [usd, slopeUsd] = [ZERO, ZERO];
  for (const follower of followers) {
    const cost = follower(scale);
    if (cost === undefined) return undefined;
    [usd, slopeUsd] = [add(usd, cost.usd), add(slopeUsd, cost.slopeUsd)];
  }
  return { usd, slopeUsd };
}

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
