/** Knows what a plan would save, and what could be saved, were prices lower or higher. */

import { type Exact, subtract } from '../../domain/exact.ts';
import { AT_BASE, type World } from '../../economics/options.ts';
import { bestPlan, type Pick, planUsd } from '../../economics/plan.ts';
import type { StackEconomics } from '../../economics/result.ts';
import { changes } from '../judge/stackPlan.ts';
import { GPU_SHIFT, HOSTED_SHIFT, shiftText } from './shifts.ts';

export interface Scenario {
  readonly name: string;
  readonly savingUsd: Exact;
  /** Of the plan that would be the cheapest then. */
  readonly bestSavingUsd: Exact;
}

export interface ScenarioTerms {
  /** The advised plan, which stays as it is. */
  readonly picks: readonly Pick[];
  /** Deployments that are kept whatever it costs. */
  readonly kept: ReadonlySet<string>;
}

/**
 * Both against keeping everything in the same world. In the worked example GPUs at 30 % less leave
 * $4.574175 of the $6.374175 that deleting saves.
 */
export function scenarios(economics: StackEconomics, { picks, kept }: ScenarioTerms): Scenario[] {
  return WORLDS.map(({ name, world }) => {
    const keepUsd = planUsd(economics, [], world);
    return {
      name,
      savingUsd: subtract(keepUsd, planUsd(economics, picks, world)),
      bestSavingUsd: subtract(keepUsd, bestPlan(economics, { kept, world, changes }).usd),
    };
  });
}

const WORLDS = [
  ...[HOSTED_SHIFT.low, HOSTED_SHIFT.high].map((hostedPrice) => ({
    name: `hosted price ${shiftText(hostedPrice)}`,
    world: { ...AT_BASE, hostedPrice } satisfies World,
  })),
  ...[GPU_SHIFT.low, GPU_SHIFT.high].map((factor) => ({
    name: `GPU rate ${shiftText(factor)}`,
    world: { ...AT_BASE, ownGpu: factor, marketGpu: factor } satisfies World,
  })),
];
