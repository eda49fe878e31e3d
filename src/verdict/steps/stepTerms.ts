/** The shape of a step, and of what the steps need of a decision and of what was printed. */

import type { Plan } from '../../economics/plan.ts';
import type { AuditStep } from '../auditDecision.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import type { UsdText } from '../auditWord.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { Missing } from '../reason.ts';
import type { StepDetail } from './step.ts';

/** A step whose sentence is not made yet. */
export type FoundStep = Omit<AuditStep, 'text' | 'detail'> & { readonly detail: StepDetail };

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
}
