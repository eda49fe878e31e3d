/** Types of a step, and of the decision and printed figures that steps are built from. */

import type { Plan } from '../../economics/plan.ts';
import type { AuditStep } from '../auditDecision.ts';
import type { AuditDeployment } from '../auditDeployment.ts';
import type { UsdText } from '../../domain/figures.ts';
import type { Verdict } from '../auditWord.ts';
import type { DeploymentDecision } from '../decision.ts';
import type { ContractEnd } from '../outlook/contractEnds.ts';
import type { Missing } from '../reason.ts';
import type { StepDetail } from './step.ts';

/** A step before its sentence is rendered. All fields are present. */
export type FoundStep = Required<Omit<AuditStep, 'text' | 'detail'>> & {
  readonly detail: StepDetail;
};

/** The decision and the printed figures that steps need. */
export interface StepTerms {
  /** The decided plan. */
  readonly plan: Plan;
  readonly stack: {
    readonly verdict: Verdict;
    /** Printed saving of that plan, to which the steps sum. */
    readonly savingUsd: UsdText | null;
    readonly spendUsd: UsdText;
    readonly missing: readonly Missing[];
    /** Deployments that the plan had to keep. */
    readonly fixed: ReadonlySet<string>;
  };
  readonly deployments: readonly Pick<
    DeploymentDecision,
    'id' | 'verdict' | 'decided' | 'missing' | 'lacking'
  >[];
  /** Printed figures, so a step and its option show the same dollars. */
  readonly printed: readonly Pick<AuditDeployment, 'id' | 'options' | 'spendUsd'>[];
  /** Changes that wait for the end of a contract. */
  readonly contractEnds: readonly ContractEnd[];
  readonly acting: StepAssignments;
}

/** Owners and dates. Instants are midnights UTC at which their days begin. */
export interface StepAssignments {
  /** The day of the audit. */
  readonly todayMs: number;
  /** Deadline of steps without a date of their own. */
  readonly actByMs: number;
  /** The quarter whose report reviews the decision, and the day of that report. */
  readonly review: { readonly quarter: string; readonly dayMs: number };
  /** Person or team for steps that concern the whole stack. */
  readonly owner?: string;
  /** Owners by deployment id. */
  readonly owners: ReadonlyMap<string, string>;
  /** Owners by the commitment's index in the input. */
  readonly commitmentOwners: ReadonlyMap<number, string>;
}
