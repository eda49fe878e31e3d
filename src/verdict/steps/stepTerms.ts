/** Knows the shape of what the steps need of a decision and of what was printed of it. */

import type { Plan } from '../../economics/plan.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import type { UsdText, Verdict } from '../auditWord.ts';

/** What was decided and printed, as the steps need it. */
export interface StepTerms {
  readonly plan: Plan;
  readonly stack: {
    readonly verdict: Verdict;
    /** As printed: what the steps sum to. */
    readonly savingUsd: UsdText | null;
    readonly missing: readonly string[];
  };
  readonly deployments: readonly DecidedDeployment[];
  /** The printed options, so that a step and its option name the same dollars. */
  readonly printed: readonly Pick<AuditDeployment, 'id' | 'options'>[];
}

interface DecidedDeployment {
  readonly id: string;
  readonly verdict: Verdict;
  readonly missing: readonly string[];
}
