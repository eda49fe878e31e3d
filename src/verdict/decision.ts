/**
 * Knows the shape of what was decided: for each deployment and for the stack, with reasons in
 * words.
 */

import type { Exact } from '../domain/exact.ts';
import type { Choice } from '../economics/options.ts';
import type { Plan } from '../economics/plan.ts';
import type { StackLabor } from '../economics/result.ts';
import type { Verdict } from './audit.ts';

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
  readonly plan: Plan;
  /** What keeping the deployments that must stay costs; absent where none must. */
  readonly requiredUsd?: Exact;
  readonly withoutLabor: { readonly verdict: Verdict; readonly savingUsd: Exact };
  readonly laborBasis: StackLabor['basis'];
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
}

export interface DeploymentDecision {
  readonly id: string;
  readonly verdict: Verdict;
  /** The cheapest option at the base of all assumptions. */
  readonly best: Choice;
  readonly savingUsd: Exact;
  readonly withoutLabor: Verdict;
  readonly reasons: readonly string[];
  readonly missing: readonly string[];
}
