/** Builds the list of steps: changes with their savings first, then the others. */

import { compare, decimal } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { changeSteps } from './changeSteps.ts';
import {
  contractSteps,
  evidenceSteps,
  ZERO_USD,
  renegotiateSteps,
  waiverSteps,
} from './actionSteps.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

/**
 * Sorts by saving, then by stake, largest first. The steps' savings sum to the plan's printed
 * saving, to the millionth of a dollar. $30,000 for a dropped deployment and -$2,000 for the setup
 * of hosted APIs are $28,000. There is always at least one step.
 */
export function buildSteps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  const changes = changeSteps(economics, terms);
  const duties = [
    ...renegotiateSteps(economics, terms),
    ...contractSteps(economics, terms),
    ...waiverSteps(economics, terms),
    ...evidenceSteps(terms),
  ].toSorted(byStake);
  const found = [...changes, ...duties];
  const isKept = changes.length === 0 && terms.stack.verdict !== 'not enough evidence';
  return isKept || found.length === 0 ? [...found, reviewStep(terms)] : found;
}

/** Unknown stakes come last. Equal stakes keep their order. */
function byStake({ stakeUsd: a }: FoundStep, { stakeUsd: b }: FoundStep): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(decimal(b), decimal(a));
}

/** If nothing changes, the next report reviews the decision. */
function reviewStep({ stack, acting: { review, owner } }: StepTerms): FoundStep {
  const { verdict, spendUsd } = stack;
  return {
    deployment: null,
    action: 'review',
    detail: { code: 'review', verdict, quarter: review.quarter },
    owner: owner ?? null,
    savingUsd: ZERO_USD,
    stakeUsd: spendUsd,
    by: dayText(review.dayMs),
    missed: null,
  };
}
