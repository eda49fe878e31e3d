/** The shape of what was decided: for each deployment and for the stack, with its reasons. */

import type { Exact } from '../domain/exact.ts';
import type { Choice } from '../economics/offer.ts';
import type { Pick, Plan } from '../economics/plan.ts';
import type { StackLabor } from '../economics/stackParts.ts';
import type { Verdict } from './auditWord.ts';
import type { Decided } from './judge/decided.ts';
import type { ContractEnd } from './outlook/contractEnds.ts';
import type { Interval, Odds, SavingOdds } from './odds/drawn.ts';
import type { Doubt, Missing, Reason } from './reason.ts';

export type Confidence = 'high' | 'medium' | 'low' | 'none';

export interface StackVerdict {
  readonly stack: StackDecision;
  /** In the order of the economics. */
  readonly deployments: readonly DeploymentDecision[];
}

export interface StackDecision {
  readonly verdict: Verdict;
  /** Keeping everything less the best plan, labor included. */
  readonly savingUsd: Exact;
  readonly keepUsd: Exact;
  /** The plan that the verdict is about, advised or not. */
  readonly plan: Plan;
  /** What is done: that plan where it is advised, else nothing changes. */
  readonly decided: Plan;
  /** The whole stack one way, for each option that any deployment may take. */
  readonly wholes: readonly WholePlan[];
  /** Deployments of which the plan had no choice. */
  readonly fixed: ReadonlySet<string>;
  /** What stands against keeping everything: the plan, else the cheapest that changes anything. */
  readonly contested: readonly Pick[];
  /** That the plan is cheaper than keeping everything; absent where nothing could be drawn. */
  readonly odds?: Odds;
  /** Of what the plan will save in the next window; absent where nothing could be drawn. */
  readonly next?: Interval;
  /** What keeping the deployments that must stay costs; absent where none must. */
  readonly requiredUsd?: Exact;
  readonly withoutLabor: {
    readonly verdict: Verdict;
    readonly savingUsd: Exact;
    readonly odds?: Odds;
  };
  /** Commitments that hold a change back, the first to end first. */
  readonly contractEnds: readonly ContractEnd[];
  readonly laborBasis: StackLabor['basis'];
  readonly confidence: Confidence;
  /** The assumption on which the sign of the saving hangs. */
  readonly hangsOn?: Doubt;
  readonly leaning?: Verdict;
  readonly standing?: Verdict;
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
  readonly draws: number;
}

/** One option for all, as far as each may and can. */
export interface WholePlan {
  readonly option: Choice;
  readonly plan: Plan;
  /** Against keeping everything; absent for that itself, and where nothing could be drawn. */
  readonly odds?: Odds;
}

export interface DeploymentDecision {
  readonly id: string;
  /** What the decision on the stack makes of it. */
  readonly verdict: Verdict;
  readonly decided: Decided;
  /**
   * The option that it changes to; where it is kept, the one that is advised alone, else the
   * cheapest other one. Absent where no other has a price.
   */
  readonly subject?: Choice;
  /** Of what it changes to, else of the cheapest option, 0 where that is to keep; all at base. */
  readonly savingUsd: Exact;
  /** By option, against keeping; absent ones have no price or could not be drawn. */
  readonly odds: ReadonlyMap<string, SavingOdds>;
  readonly withoutLabor: Verdict;
  /** The same deployment judged with neither labor nor migration. */
  readonly bare: { readonly savingUsd: Exact; readonly odds?: Odds };
  readonly leaning?: Verdict;
  readonly standing?: Verdict;
  readonly reasons: readonly Reason[];
  /** What is missing for a verdict on it: of itself, and of the stack as a whole. */
  readonly missing: readonly Missing[];
  /** The part of that which is its own; empty where it must stay and needs none. */
  readonly lacking: readonly Missing[];
}
