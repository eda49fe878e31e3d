/** Computes a change's cost if the tokens of every interval were multiplied by a scale. */

import { add, compare, type Exact, ONE, ZERO } from '../../domain/exact.ts';
import { invariant } from '../../domain/invariant.ts';
import { atCacheShare } from '../../economics/hosted/hostedCost.ts';
import type { ScaledOffer } from '../../economics/offer.ts';
import { BASE_ASSUMPTIONS, findOffer, scaledCost } from '../../economics/options.ts';
import type { PlannedChange } from './contest.ts';
import type { CostAt } from './scaleAt.ts';

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
export function scalingCost(changed: readonly PlannedChange[]): ScalingCost | undefined {
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
