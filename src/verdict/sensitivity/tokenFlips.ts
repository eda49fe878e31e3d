/** Computes the tokens, and the utilization, at which a change saves nothing. */

import { add, compare, type Exact, isZero, multiply, ONE } from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS } from '../../economics/options.ts';
import type { PlanComparison } from './contest.ts';
import type { SolvedBreakEven } from './flip.ts';
import { scalingCost } from './following.ts';
import { findScale } from './scaleAt.ts';
import type { CurrentInputs } from './today.ts';

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
