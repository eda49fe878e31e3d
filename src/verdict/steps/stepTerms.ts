/** The shape of a step, and of what the steps need of a decision and of what was printed. */

import type { Plan } from '../../economics/plan.ts';
import type { AuditStep } from '../auditDecision.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import type { UsdText, Verdict } from '../auditWord.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { ContractEnd } from '../outlook/contractEnds.ts';
import type { Missing } from '../reason.ts';
import type { Acting } from './acting.ts';
import type { StepDetail } from './step.ts';

/** A step whose sentence is not made yet; nothing of it is absent. */
export type FoundStep = Required<Omit<AuditStep, 'text' | 'detail'>> & {
  readonly detail: StepDetail;
};

/** What was decided and printed, as the steps need it. */
export interface StepTerms {
  /** What is decided. */
  readonly plan: Plan;
  readonly stack: {
    readonly verdict: Verdict;
    /** Of that plan, as printed: what the steps sum to. */
    readonly savingUsd: UsdText | null;
    readonly spendUsd: UsdText;
    readonly missing: readonly Missing[];
    /** Deployments of which the plan had no choice. */
    readonly fixed: ReadonlySet<string>;
  };
  readonly deployments: readonly Pick<
    DeploymentDecision,
    'id' | 'verdict' | 'decided' | 'missing' | 'lacking'
  >[];
  /** The printed figures, so that a step and its option name the same dollars. */
  readonly printed: readonly Pick<AuditDeployment, 'id' | 'options' | 'spendUsd'>[];
  /** What waits for the end of a contract. */
  readonly contractEnds: readonly ContractEnd[];
  readonly acting: Acting;
}
