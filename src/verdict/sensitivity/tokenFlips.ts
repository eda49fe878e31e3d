/** Computes the tokens, and the utilization, at which a change saves nothing. */

import { add, compare, type Exact, isZero, multiply, ONE } from '../../domain/exact.ts';
import { AT_BASE } from '../../economics/options.ts';
import type { Contest } from './contest.ts';
import type { SolvedFlip } from './flip.ts';
import { followingCost } from './following.ts';
import { scaleAt } from './scaleAt.ts';
import type { Today } from './today.ts';

/**
 * Keeping costs the same at any load, so at break-even the change costs its saving more than today.
 * In the worked example that is 3.998447 times the tokens: 374,254,701 a day, which is more than
 * one replica can serve. A stack has no break-even utilization if one of its deployments would
 * exceed its own capacity.
 */
export function tokenFlips(contest: Contest, today: Today): SolvedFlip[] {
  const { tokensPerDay, utilization } = today;
  if (isZero(tokensPerDay)) return [];
  const following = followingCost(contest.changed);
  if (following === undefined) return [];
  const targetUsd = add(following.today.usd, contest.savingIn(AT_BASE));
  const scale = scaleAt(following.at, targetUsd);
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
function isHeld({ deployments }: Contest, scale: Exact): boolean {
  const uses = deployments.flatMap(({ utilization }) => utilization ?? []);
  return uses.every((use) => compare(multiply(use, scale), ONE) <= 0);
}
