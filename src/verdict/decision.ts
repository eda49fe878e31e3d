/** Types of a decision: for the stack and for each deployment, with reasons. */

import type { Exact } from '../domain/exact.ts';
import type { Choice } from '../economics/offer.ts';
import type { PlanPick, Plan } from '../economics/plan.ts';
import type { StackLabor } from '../economics/stackParts.ts';
import type { Verdict } from './auditWord.ts';
import type { DeploymentOutcome } from './judge/deploymentOutcome.ts';
import type { ContractEnd } from './outlook/contractEnds.ts';
import type { SavingInterval, SimulatedSaving, SimulatedSavings } from './simulation/types.ts';
import type { Doubt, Missing, Reason } from './reason.ts';

export type Confidence = 'high' | 'medium' | 'low' | 'none';

export interface StackVerdict {
  readonly stack: StackDecision;
  /** In the order of the economics' deployments. */
  readonly deployments: readonly DeploymentDecision[];
}

export interface StackDecision {
  readonly verdict: Verdict;
  /** Cost of keeping everything less that of the best plan, labor included. */
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  /** The plan that the verdict is about, whether or not it is advised. */
  readonly plan: Plan;
  /**
   * The plan that is carried out: that plan if it is advised, otherwise the one without changes.
   */
  readonly decided: Plan;
  /** The whole stack on one option, for each option that any deployment can take. */
  readonly wholes: readonly WholePlan[];
  /** Deployments that the plan had to keep. */
  readonly fixed: ReadonlySet<string>;
  /**
   * The alternative to keeping everything: the plan or, if it changes nothing, the cheapest change.
   */
  readonly contested: readonly PlanPick[];
  /** Probability and interval of the plan's saving. Absent if the simulation could not run. */
  readonly odds?: SimulatedSaving;
  /** Interval of the plan's saving in the next window. Absent if the simulation could not run. */
  readonly next?: SavingInterval;
  /** Extra cost of the deployments that must stay. Absent if there are none. */
  readonly requiredUsd?: Exact;
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: Exact;
    readonly odds?: SimulatedSaving;
  };
  /** Commitments that hold a change back, earliest end first. */
  readonly contractEnds: readonly ContractEnd[];
  readonly laborBasis: StackLabor['basis'];
  readonly confidence: Confidence;
  /** The assumption that decides the sign of the saving. */
  readonly hangsOn?: Doubt;
  readonly leaning?: Verdict;
  readonly standing?: Verdict;
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
  readonly draws: number;
}

/** One option for every deployment that can take it. */
export interface WholePlan {
  readonly option: Choice;
  readonly plan: Plan;
  /**
   * Probability and interval of the saving over keeping everything. Absent for `keep`, and if the
   * simulation could not run.
   */
  readonly odds?: SimulatedSaving;
}

export interface DeploymentDecision extends DeploymentOutcome {
  readonly id: string;
  /**
   * Probability and interval of the saving over keeping, by option. Options without a price or
   * simulation are absent.
   */
  readonly odds: ReadonlyMap<string, SimulatedSavings>;
  readonly withoutLabor: Verdict;
  /** Saving and probability without labor and migration cost. */
  readonly bare: { readonly savingUsd: Exact; readonly odds?: SimulatedSaving };
  readonly standing?: Verdict;
  readonly reasons: readonly Reason[];
  /** Everything missing for its verdict: its own evidence and that of the whole stack. */
  readonly missing: readonly Missing[];
  /**
   * The part of `missing` that is its own. Empty if it must stay, because no evidence is needed
   * then.
   */
  readonly lacking: readonly Missing[];
}
