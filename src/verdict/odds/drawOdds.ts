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
    deployments: new Map(
      [...terms].map(([id, options]) => [id, simulateOptions(options, scenarios)]),
    ),
    planOdds(plan) {
      const { together = [] } = plan;
      const own = together.map((each) => [each.id, termsOf(each, fewestDays)] as const);
      const whole = planTerms(plan, stack, own.length === 0 ? terms : new Map(own));
      return whole && simulatePlanTerms(whole, scenarios);
    },
  };
}

function simulateOptions(options: ReadonlyMap<string, Terms>, scenarios: Scenarios) {
  return new Map([...options].map(([name, terms]) => [name, simulateTerms(terms, scenarios)]));
}

function simulateTerms(terms: Terms, scenarios: Scenarios): SavingOdds {
  const noise = noiseOf(terms.load);
  return summarizeTerms(terms, noise, savingsOf(terms, noise, scenarios));
}

function simulatePlanTerms(terms: Terms, scenarios: Scenarios): PlanOdds {
  const noise = noiseOf(terms.load);
  const savings = savingsOf(terms, noise, scenarios);
  return { ...summarizeTerms(terms, noise, savings), next: intervalOf(savings.next) };
}

function summarizeTerms(terms: Terms, noise: Noise | undefined, savings: Savings): SavingOdds {
  const { usd, withoutLaborUsd } = terms;
  return {
    withLabor: { ...oddsOf(savings.withLabor, usd), ...windowTooShortAt(usd, noise) },
    withoutLabor: {
      ...oddsOf(savings.withoutLabor, withoutLaborUsd),
      ...windowTooShortAt(withoutLaborUsd, noise),
    },
  };
}

function windowTooShortAt(usd: number, noise: Noise | undefined) {
  if (noise?.persists === undefined) return {};
  const { code, worstUsd } = noise.persists;
  return { cannotTell: { code, worstWeekUsd: usd + worstUsd } };
}
