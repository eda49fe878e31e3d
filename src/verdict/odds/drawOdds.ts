/** Simulates the saving of every option and plan. The same seed gives the same digits. */

import type {
  RandomSource,
  StackSeries,
  SimulatedPlan,
  SimulatedSavings,
  StackSimulation,
} from './drawn.ts';
import { type Noise, computeNoise } from './noise.ts';
import { savingInterval, summarizeSavings } from './oddsOf.ts';
import { type DrawnSavings, savingsByDraw } from './savings.ts';
import { drawFactors, type RandomDraws } from './scenarios.ts';
import { planTerms, type SavingTerms, termsByOption } from './terms.ts';

export interface SimulationTerms {
  readonly draws: number;
  readonly chance: RandomSource;
  /** Minimum days of a deployment's life for a probability. A single day shows no variation. */
  readonly fewestDays?: number;
}

/**
 * Simulates each option against keeping the deployment, and any plan against keeping everything.
 * Common inputs are drawn once for all: days, labor, cache share. So an option and the plan that
 * contains it use the same draws.
 */
export function simulateSavings(
  stack: StackSeries,
  { draws, chance, fewestDays = 1 }: SimulationTerms,
): StackSimulation {
  const scenarios = drawFactors(draws, chance);
  const terms = new Map(
    stack.deployments.map((each) => [each.id, termsByOption(each, fewestDays)]),
  );
  return {
    deployments: new Map(
      [...terms].map(([id, options]) => [id, simulateOptions(options, scenarios)]),
    ),
    simulatePlan(plan) {
      const { together = [] } = plan;
      const own = together.map((each) => [each.id, termsByOption(each, fewestDays)] as const);
      const whole = planTerms(plan, stack, own.length === 0 ? terms : new Map(own));
      return whole && simulatePlanTerms(whole, scenarios);
    },
  };
}

function simulateOptions(options: ReadonlyMap<string, SavingTerms>, scenarios: RandomDraws) {
  return new Map([...options].map(([name, terms]) => [name, simulateTerms(terms, scenarios)]));
}

function simulateTerms(terms: SavingTerms, scenarios: RandomDraws): SimulatedSavings {
  const noise = computeNoise(terms.load);
  return summarizeTerms(terms, noise, savingsByDraw(terms, noise, scenarios));
}

function simulatePlanTerms(terms: SavingTerms, scenarios: RandomDraws): SimulatedPlan {
  const noise = computeNoise(terms.load);
  const savings = savingsByDraw(terms, noise, scenarios);
  return { ...summarizeTerms(terms, noise, savings), next: savingInterval(savings.next) };
}

function summarizeTerms(
  terms: SavingTerms,
  noise: Noise | undefined,
  savings: DrawnSavings,
): SimulatedSavings {
  const { usd, withoutLaborUsd } = terms;
  return {
    withLabor: { ...summarizeSavings(savings.withLabor, usd), ...windowTooShortAt(usd, noise) },
    withoutLabor: {
      ...summarizeSavings(savings.withoutLabor, withoutLaborUsd),
      ...windowTooShortAt(withoutLaborUsd, noise),
    },
  };
}

function windowTooShortAt(usd: number, noise: Noise | undefined) {
  if (noise?.persists === undefined) return {};
  const { code, worstUsd } = noise.persists;
  return { cannotTell: { code, worstWeekUsd: usd + worstUsd } };
}
