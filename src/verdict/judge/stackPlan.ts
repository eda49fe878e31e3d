/** The plan that a verdict on the stack is about, what it saves, and what must stay costs. */

import { type Exact, subtract } from '../../domain/exact.ts';
import type { Choice } from '../../economics/offer.ts';
import type { World } from '../../economics/options.ts';
import {
  bestChange,
  bestPlan,
  fixedParts,
  type Pick as Picked,
  type Plan,
  planUsd,
} from '../../economics/plan.ts';
import type { DeploymentEconomics, StackEconomics } from '../../economics/result.ts';
import { inPlan } from '../../economics/together.ts';
import type { DrawnPlan } from '../odds/drawn.ts';
import { drawnStack } from '../odds/drawnStack.ts';
import { mustStay } from './deploymentVerdict.ts';
import { othersOf } from './others.ts';

export interface StackPlan {
  readonly plan: Plan;
  readonly keepUsd: Exact;
  readonly savingUsd: Exact;
  /** Absent where nothing must stay. */
  readonly requiredUsd?: Exact;
}

/** `undecided` are kept in the plan, as those that must stay are. */
export function planStack(economics: StackEconomics, undecided: readonly string[]): StackPlan {
  const required = requiredOf(economics);
  const plan = bestPlan(economics, { kept: fixedIn(economics, undecided), changes });
  if (required.length === 0) return weighed(economics, plan);
  const free = bestPlan(economics, { kept: new Set(undecided), changes });
  return { ...weighed(economics, plan), requiredUsd: subtract(plan.usd, free.usd) };
}

/** Of which a plan has no choice: those that must stay, and those of which too little is known. */
export function fixedIn(
  economics: StackEconomics,
  undecided: readonly string[],
): ReadonlySet<string> {
  return new Set([...requiredOf(economics), ...undecided]);
}

/** What is keeping by another name is no change of a plan either. */
export function changes(deployment: DeploymentEconomics, world?: World): Choice[] {
  return othersOf(deployment, world).map(({ choice }) => choice);
}

/** The best plan of those changes alone that are advised of each deployment. */
export function planOfAdvised(
  economics: StackEconomics,
  advised: ReadonlyMap<string, Choice>,
): StackPlan {
  const only = ({ id }: DeploymentEconomics) => {
    const choice = advised.get(id);
    return choice === undefined ? [] : [choice];
  };
  return weighed(economics, bestPlan(economics, { kept: new Set(), changes: only }));
}

/** What stands against keeping everything: the plan itself, else the cheapest that changes. */
export function contestedPicks(
  economics: StackEconomics,
  { plan }: StackPlan,
  undecided: readonly string[],
): readonly Picked[] {
  if (plan.picks.some(({ choice }) => choice !== 'keep')) return plan.picks;
  const kept = fixedIn(economics, undecided);
  return bestChange(economics, { kept, changes })?.picks ?? plan.picks;
}

function requiredOf({ deployments }: StackEconomics): string[] {
  return deployments.filter(mustStay).map(({ id }) => id);
}

function weighed(economics: StackEconomics, plan: Plan): StackPlan {
  const keepUsd = planUsd(economics, allKept(economics));
  return { plan, keepUsd, savingUsd: subtract(keepUsd, plan.usd) };
}

/** The plan in which nothing changes. */
export function keptPlan(economics: StackEconomics): Plan {
  const picks = allKept(economics);
  return { usd: planUsd(economics, picks), picks };
}

export function allKept({ deployments }: StackEconomics): Picked[] {
  return deployments.map(({ id }) => ({ deployment: id, choice: 'keep' }));
}

export function drawnPlan(economics: StackEconomics, { plan }: Pick<StackPlan, 'plan'>): DrawnPlan {
  const { selfHosted, hosted } = fixedParts(economics, plan.picks);
  const together = inPlan(economics, plan.picks);
  return {
    ...(together === economics ? {} : { together: drawnStack(together).deployments }),
    picks: new Map(plan.picks.map(({ deployment, choice }) => [deployment, choice])),
    selfHostedFixed: selfHosted,
    hostedFixed: hosted,
  };
}
