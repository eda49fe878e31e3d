/** What to do next, in order: the changes with their dollars, then what has no dollars. */

import type { StackEconomics } from '../../economics/result.ts';
import { changeSteps } from './changes.ts';
import { evidenceSteps, renegotiateSteps, waiverSteps } from './duties.ts';
import type { FoundStep, StepTerms } from './stepTerms.ts';

/**
 * The largest saving first. What the steps save sums to the printed saving of the plan, to the
 * millionth of a dollar: $30,000 for a deployment that is dropped and -$2,000 for hosting at all
 * are $28,000.
 */
export function steps(economics: StackEconomics, terms: StepTerms): FoundStep[] {
  return [
    ...changeSteps(economics, terms),
    ...renegotiateSteps(economics, terms),
    ...waiverSteps(economics),
    ...evidenceSteps(terms),
  ];
}
