/** Knows how the odds of every option and plan are drawn: the same digits for the same chance. */

import { invariant } from '../../domain/invariant.ts';
import type { Chance, DrawnPlan, DrawnStack, SavingOdds, StackOdds } from './drawn.ts';
import { savingOdds } from './oddsOf.ts';
import { type Savings, savingsOf } from './savings.ts';
import { drawScenarios, type Scenarios } from './scenarios.ts';
import { triangularAt } from './triangular.ts';

export interface Drawing {
  readonly draws: number;
  readonly chance: Chance;
  /** Days that a deployment must have lived before it has odds: one alone cannot stray. */
  readonly fewestDays?: number;
}

/** By deployment, then by option. */
type StackSavings = ReadonlyMap<string, ReadonlyMap<string, Savings>>;

/**
 * The odds of each option against keeping the deployment, and of any plan against keeping
 * everything: days by a moving-block bootstrap, labor, cache share and hosts by their ranges. All
 * of a draw belongs together: an option and the plan it stands in see the same days and hosts.
 */
export function drawOdds(stack: DrawnStack, { draws, chance, fewestDays = 1 }: Drawing): StackOdds {
  const scenarios = drawScenarios(stack, draws, chance);
  const savings = new Map(
    stack.deployments.map((each) => [each.id, savingsOf(each, scenarios, fewestDays)]),
  );
  const deployments = new Map([...savings].map(([id, options]) => [id, oddsByName(options)]));
  return {
    deployments,
    planOdds(plan) {
      const saved = planSavings({ plan, stack, savings, scenarios });
      return saved && savingOdds(saved);
    },
  };
}

function oddsByName(savings: ReadonlyMap<string, Savings>): ReadonlyMap<string, SavingOdds> {
  return new Map([...savings].map(([name, each]) => [name, savingOdds(each)]));
}

interface PlanTerms {
  readonly plan: DrawnPlan;
  readonly stack: DrawnStack;
  readonly savings: StackSavings;
  readonly scenarios: Scenarios;
}

/** The sum over its picks, by id so that the order of deployments changes no digit. */
function planSavings({ plan, stack, savings, scenarios }: PlanTerms): Savings | undefined {
  const withLabor = fixedSavings(plan, stack, scenarios);
  const withoutLabor = new Float64Array(scenarios.draws);
  for (const [id, name] of [...plan.picks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name === 'keep') continue;
    const options = savings.get(id);
    if (options?.size === 0) return undefined;
    const picked = options?.get(name);
    invariant(picked !== undefined, `a plan picks what is not drawn: ${name} of ${id}`);
    addTo(withLabor, picked.withLabor);
    addTo(withoutLabor, picked.withoutLabor);
  }
  return { withLabor, withoutLabor };
}

/** Of the fixed parts of labor; keeping everything carries the self-hosted one. */
function fixedSavings(plan: DrawnPlan, { labor }: DrawnStack, scenarios: Scenarios): Float64Array {
  const selfHosted = triangularAt(scenarios.selfHosted, labor.selfHosted);
  const hosted = triangularAt(scenarios.hosted, labor.hosted);
  return selfHosted.map((usd, draw) => {
    const spared = plan.selfHostedFixed ? 0 : usd;
    return plan.hostedFixed ? spared - (hosted[draw] ?? 0) : spared;
  });
}

function addTo(sum: Float64Array, more: Float64Array): void {
  for (let draw = 0; draw < sum.length; draw += 1) sum[draw] = (sum[draw] ?? 0) + (more[draw] ?? 0);
}
