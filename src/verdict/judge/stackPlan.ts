/** Computes the plans that the stack's verdict compares, with their savings. */

import { type Exact, subtract } from '../../domain/exact.ts';
import type { Choice } from '../../economics/offer.ts';
import type { Assumptions } from '../../economics/options.ts';
import {
  bestChange,
  bestPlan,
  fixedParts,
  type PlanPick,
  type Plan,
  planUsd,
} from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { stackInPlan } from '../../economics/sharedInPlan.ts';
import type { PlanInput } from '../simulation/types.ts';
import { toStackSeries } from '../simulation/stackSeries.ts';
import { mustStay } from './deploymentVerdict.ts';
import { findAlternatives } from './alternatives.ts';

export interface StackPlan {
  readonly plan: Plan;
  readonly keepUsd: Exact;
  readonly savingUsd: Exact;
  /** Extra cost of the deployments that must stay. Absent if there are none. */
  readonly requiredUsd?: Exact;
}

/** The cheapest plan. It keeps `undecided` deployments, like those that must stay. */
export function computeStackPlan(
  economics: StackEconomics,
  undecided: readonly string[],
): StackPlan {
  const required = requiredOf(economics);
  const plan = bestPlan(economics, {
    kept: fixedDeployments(economics, undecided),
    changes: openChanges,
  });
  if (required.length === 0) return weighed(economics, plan);
  const free = bestPlan(economics, { kept: new Set(undecided), changes: openChanges });
  return { ...weighed(economics, plan), requiredUsd: subtract(plan.usd, free.usd) };
}

/** Deployments that a plan must keep: those that must stay, and those without enough evidence. */
export function fixedDeployments(
  economics: StackEconomics,
  undecided: readonly string[],
): ReadonlySet<string> {
  return new Set([...requiredOf(economics), ...undecided]);
}

/** Options that a plan may choose. Those that are the same as keeping are left out. */
export function openChanges(deployment: DeploymentEconomics, world?: Assumptions): Choice[] {
  return findAlternatives(deployment, world).map(({ choice }) => choice);
}

/** The best plan that uses only the changes advised by the deployments' own verdicts. */
export function advisedOnlyPlan(
  economics: StackEconomics,
  advised: ReadonlyMap<string, Choice>,
): StackPlan {
  const only = ({ id }: DeploymentEconomics) => {
    const choice = advised.get(id);
    return choice === undefined ? [] : [choice];
  };
  return weighed(economics, bestPlan(economics, { kept: new Set(), changes: only }));
}

/**
 * The alternative to keeping everything: the plan itself or, if it changes nothing, the cheapest
 * change.
 */
export function alternativePicks(
  economics: StackEconomics,
  { plan }: StackPlan,
  undecided: readonly string[],
): readonly PlanPick[] {
  if (plan.picks.some(({ choice }) => choice !== 'keep')) return plan.picks;
  const kept = fixedDeployments(economics, undecided);
  return bestChange(economics, { kept, changes: openChanges })?.picks ?? plan.picks;
}

function requiredOf({ deployments }: StackEconomics): string[] {
  return deployments.filter(mustStay).map(({ id }) => id);
}

function weighed(economics: StackEconomics, plan: Plan): StackPlan {
  const keepUsd = planUsd(economics, keepAllPicks(economics));
  return { plan, keepUsd, savingUsd: subtract(keepUsd, plan.usd) };
}

/** The plan in which nothing changes. */
export function keepAllPlan(economics: StackEconomics): Plan {
  const picks = keepAllPicks(economics);
  return { usd: planUsd(economics, picks), picks };
}

export function keepAllPicks({ deployments }: StackEconomics): PlanPick[] {
  return deployments.map(({ id }) => ({ deployment: id, choice: 'keep' }));
}

export function toPlanInput(
  economics: StackEconomics,
  { plan }: Pick<StackPlan, 'plan'>,
): PlanInput {
  const { selfHosted, hosted } = fixedParts(economics, plan.picks);
  const together = stackInPlan(economics, plan.picks);
  return {
    ...(together === economics ? {} : { together: toStackSeries(together).deployments }),
    picks: new Map(plan.picks.map(({ deployment, choice }) => [deployment, choice])),
    selfHostedFixed: selfHosted,
    hostedFixed: hosted,
  };
}
