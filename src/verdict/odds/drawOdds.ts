/** Simulates the saving of every option and plan. The same seed gives the same digits. */

import type { Chance, DrawnStack, PlanOdds, SavingOdds, StackOdds } from './drawn.ts';
import { type Noise, noiseOf } from './noise.ts';
import { intervalOf, oddsOf } from './oddsOf.ts';
import { type Savings, savingsOf } from './savings.ts';
import { drawScenarios, type Scenarios } from './scenarios.ts';
import { planTerms, type Terms, termsOf } from './terms.ts';

export interface Drawing {
  readonly draws: number;
  readonly chance: Chance;
  /** Minimum days of a deployment's life for a probability. A single day shows no variation. */
  readonly fewestDays?: number;
}

/**
 * Simulates each option against keeping the deployment, and any plan against keeping everything.
 * Common inputs are drawn once for all: days, labor, cache share. So an option and the plan that
 * contains it use the same draws.
 */
export function drawOdds(stack: DrawnStack, { draws, chance, fewestDays = 1 }: Drawing): StackOdds {
  const scenarios = drawScenarios(draws, chance);
  const terms = new Map(stack.deployments.map((each) => [each.id, termsOf(each, fewestDays)]));
  return {
    deployments: new Map([...terms].map(([id, options]) => [id, oddsByName(options, scenarios)])),
    planOdds(plan) {
      const { together = [] } = plan;
      const own = together.map((each) => [each.id, termsOf(each, fewestDays)] as const);
      const whole = planTerms(plan, stack, own.length === 0 ? terms : new Map(own));
      return whole && planOddsOf(whole, scenarios);
    },
  };
}

function oddsByName(options: ReadonlyMap<string, Terms>, scenarios: Scenarios) {
  return new Map([...options].map(([name, terms]) => [name, savingOdds(terms, scenarios)]));
}

function savingOdds(terms: Terms, scenarios: Scenarios): SavingOdds {
  const noise = noiseOf(terms.load);
  return oddsIn(terms, noise, savingsOf(terms, noise, scenarios));
}

function planOddsOf(terms: Terms, scenarios: Scenarios): PlanOdds {
  const noise = noiseOf(terms.load);
  const savings = savingsOf(terms, noise, scenarios);
  return { ...oddsIn(terms, noise, savings), next: intervalOf(savings.next) };
}

function oddsIn(terms: Terms, noise: Noise | undefined, savings: Savings): SavingOdds {
  const { usd, withoutLaborUsd } = terms;
  return {
    withLabor: { ...oddsOf(savings.withLabor, usd), ...doubtAt(usd, noise) },
    withoutLabor: {
      ...oddsOf(savings.withoutLabor, withoutLaborUsd),
      ...doubtAt(withoutLaborUsd, noise),
    },
  };
}

function doubtAt(usd: number, noise: Noise | undefined) {
  if (noise?.persists === undefined) return {};
  const { code, worstUsd } = noise.persists;
  return { cannotTell: { code, worstWeekUsd: usd + worstUsd } };
}
