/** Computes break-evens: the value of each input at which a change saves nothing. */

import { compare, divide, type Exact, isZero, negate, ONE, subtract } from '../../domain/exact.ts';
import type { OptionName } from '../../economics/offer.ts';
import type { PlanPick } from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { isGpuSpendKnown } from '../judge/deploymentReasons.ts';
import { type PlanComparison, compareDeployment, comparePlan } from './planComparison.ts';
import type { InputBreakEven, SolvedBreakEven } from './inputBreakEven.ts';
import { findLinearBreakEvens } from './linearBreakEvens.ts';
import { computeCurrentInputs } from './currentInputs.ts';
import { findTokenBreakEvens } from './tokenBreakEvens.ts';

/**
 * Break-evens of one option against keeping, nearest first. The option must have a price. In the
 * worked example deleting breaks even at $0.544872 per million tokens, which is 2.998447 more than
 * today's as 1.
 */
export function findDeploymentBreakEvens(
  economics: StackEconomics,
  deployment: DeploymentEconomics,
  option: OptionName,
): InputBreakEven[] {
  return breakEvensOf(compareDeployment(deployment, option), economics);
}

/**
 * Break-evens of a plan against keeping everything. Each input changes for all deployments at once.
 */
export function findStackBreakEvens(
  economics: StackEconomics,
  picks: readonly PlanPick[],
): InputBreakEven[] {
  return breakEvensOf(comparePlan(economics, picks), economics);
}

/** Empty if the GPU spend of a changed deployment is unknown. */
function breakEvensOf(contest: PlanComparison, economics: StackEconomics): InputBreakEven[] {
  const { changed } = contest;
  if (!changed.every(({ deployment }) => isGpuSpendKnown(deployment))) return [];
  if (changed.length === 0) return [];
  const today = computeCurrentInputs(contest, economics);
  const solved = [
    ...findTokenBreakEvens(contest, today),
    ...findLinearBreakEvens(contest, today, economics),
  ];
  return solved.map(withChange).sort(byDistance);
}

function withChange(flip: SolvedBreakEven): InputBreakEven {
  if (isZero(flip.today)) return flip;
  return { ...flip, change: subtract(divide(flip.flipsAt, flip.today), ONE) };
}

/** Break-evens without a relative change, because today's value is 0, come last. */
function byDistance({ change: a }: InputBreakEven, { change: b }: InputBreakEven): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(size(a), size(b));
}

function size(change: Exact): Exact {
  return change.num < 0n ? negate(change) : change;
}
