/** What to do next, in order: the changes with what they save, then what else hangs on a step. */

import { compare, decimal } from '../../domain/exact.ts';
import { dayText } from '../../domain/period.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { changeSteps } from './changes.ts';
import { contractSteps, evidenceSteps, NOTHING, renegotiateSteps, waiverSteps } from './duties.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

/**
 * The largest saving first, then the largest stake. What the steps save sums to the printed saving
 * of the plan, to the millionth of a dollar: $30,000 for a deployment that is dropped and -$2,000
 * for hosting at all are $28,000. There is always a step.
 */
export function steps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
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

/** What is not known comes last; of the same stakes the order stays. */
function byStake({ stakeUsd: a }: FoundStep, { stakeUsd: b }: FoundStep): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(decimal(b), decimal(a));
}

/** Where nothing changes the decision is taken again. */
function reviewStep({ stack, acting: { review, owner } }: StepTerms): FoundStep {
  const { verdict, spendUsd } = stack;
  return {
    deployment: null,
    action: 'review',
    detail: { code: 'review', verdict, quarter: review.quarter },
    owner: owner ?? null,
    savingUsd: NOTHING,
    stakeUsd: spendUsd,
    by: dayText(review.dayMs),
    missed: null,
  };
}
