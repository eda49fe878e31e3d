/** The shape of what the steps need of a decision, and of what was printed of it. */

import type { Plan } from '../../economics/plan.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import type { UsdText } from '../auditWord.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { Sentences } from '../document/sentences.ts';
import type { Missing } from '../reason.ts';

/** What was decided and printed, as the steps need it. */
export interface StepTerms {
  /** What is decided. */
  readonly plan: Plan;
  readonly stack: {
    /** Of that plan, as printed: what the steps sum to. */
    readonly savingUsd: UsdText | null;
    readonly missing: readonly Missing[];
  };
  readonly deployments: readonly Pick<
    DeploymentDecision,
    'id' | 'verdict' | 'decided' | 'missing' | 'lacking'
  >[];
  /** The printed options, so that a step and its option name the same dollars. */
  readonly printed: readonly Pick<AuditDeployment, 'id' | 'options'>[];
  readonly sentences: Sentences;
}
