/** How steps are printed: each with its sentence beside its fact. */

import type { AuditStep } from '../auditDecision.ts';
import type { FoundStep } from '../steps/stepTerms.ts';
import type { Sentences } from './sentences.ts';

export function printSteps(
  steps: readonly FoundStep[],
  sentences: Pick<Sentences, 'step'>,
): AuditStep[] {
  return steps.map(({ deployment, action, detail, ...step }) => {
    return { deployment, action, text: sentences.step(detail), detail, ...step };
  });
}
