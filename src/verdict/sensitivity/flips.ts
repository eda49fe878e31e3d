/** Computes break-evens: the value of each input at which a change saves nothing. */

import { compare, divide, type Exact, isZero, negate, ONE, subtract } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { Pick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { isRentKnown } from '../judge/deploymentReasons.ts';
import { type Contest, deploymentContest, planContest } from './contest.ts';
import type { FoundFlip, SolvedFlip } from './flip.ts';
import { lineFlips } from './lineFlips.ts';
import { todayOf } from './today.ts';
import { tokenFlips } from './tokenFlips.ts';

/**
 * Break-evens of one option against keeping, nearest first. The option must have a price. In the
 * worked example deleting breaks even at $0.544872 per million tokens, which is 2.998447 more than
 * today's as 1.
 */
export function deploymentFlips(
  economics: StackEconomics,
  deployment: DeploymentEconomics,
  option: OptionName,
): FoundFlip[] {
  return breakEvensOf(deploymentContest(deployment, option), economics);
}

/**
 * Break-evens of a plan against keeping everything. Each input changes for all deployments at once.
 */
export function stackFlips(economics: StackEconomics, picks: readonly Pick[]): FoundFlip[] {
  return breakEvensOf(planContest(economics, picks), economics);
}

/** Empty if the GPU spend of a changed deployment is unknown. */
function breakEvensOf(contest: Contest, economics: StackEconomics): FoundFlip[] {
  const { changed } = contest;
  if (!changed.every(({ deployment }) => isRentKnown(deployment))) return [];
  if (changed.length === 0) return [];
  const today = todayOf(contest, economics);
  const solved = [...tokenFlips(contest, today), ...lineFlips(contest, today, economics)];
  return solved.map(withChange).sort(byDistance);
}

function withChange(flip: SolvedFlip): FoundFlip {
  if (isZero(flip.today)) return flip;
  return { ...flip, change: subtract(divide(flip.flipsAt, flip.today), ONE) };
}

/** Break-evens without a relative change, because today's value is 0, come last. */
function byDistance({ change: a }: FoundFlip, { change: b }: FoundFlip): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(size(a), size(b));
}

function size(change: Exact): Exact {
  return change.num < 0n ? negate(change) : change;
}
